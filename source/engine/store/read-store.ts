import {FailureError} from '../../domain/failure/failure.ts';
import {type NamedStep, neededBy, newestOf, orderSteps} from '../../domain/store/chain.ts';
import {
	findHeads,
	folderOf,
	type IndexName,
	indexFolder,
	isContentOf,
} from '../../domain/store/names.ts';
import {parseStep, type Step} from '../../domain/store/step.ts';
import {
	mergeIndexes,
	parseIndex,
	type StoredSource,
	type StoreIndex,
} from '../../domain/store/store-index.ts';
import type {SealedStore} from '../../ports/store.ts';
import {runPool} from '../retry/pool.ts';

/** Everything that reading a store needs. */
export type StoreReading = {
	readonly store: SealedStore;
	/** Secret keys, as they stand in their file. */
	readonly identities: readonly string[];
	readonly signal: AbortSignal;
	/** Asks the store, again if the failure may pass. */
	readonly retry: <Result>(act: () => Promise<Result>) => Promise<Result>;
};

/** Objects that are read at once. */
const atOnce = 8;

/** Names of all index objects, the oldest first. */
export const listIndexes = ({store, signal, retry}: StoreReading): Promise<readonly string[]> =>
	retry(async () => {
		const names: string[] = [];
		for await (const {name} of store.list(indexFolder, {signal})) {
			names.push(name);
		}

		return names;
	});

/** Everything that a store has of a source. */
export type FoundSource = StoredSource & {
	/** The names of its newest index objects, one of each line, the oldest first. */
	readonly objects: readonly string[];
};

/** Everything that a store has, by the title of the source. Throws `object-damaged`. */
export const readIndexes = async (
	reading: StoreReading,
): Promise<ReadonlyMap<string, FoundSource>> => {
	const heads = findHeads(await listIndexes(reading));
	const indexes = new Map<string, StoreIndex>();
	await runPool(heads, atOnce, async (head) => {
		indexes.set(head.name, await readIndex(reading, head));
	});
	const names = Map.groupBy(
		heads.map(({name}) => name),
		(name) => indexes.get(name)?.source,
	);
	const merged = mergeIndexes([...indexes.values()]);
	return new Map(
		[...merged].map(([title, source]) => [title, {...source, objects: names.get(title) ?? []}]),
	);
};

const readIndex = async (reading: StoreReading, name: IndexName): Promise<StoreIndex> => {
	const {store, identities, signal, retry} = reading;
	const {text, sha256} = await retry(() => store.openText(name.name, {identities, signal}));
	if (!isContentOf(name, sha256)) {
		throw damaged(reading, name.name, 'its SHA-256 is not the one in its name');
	}

	const read = parseIndex(text);
	switch (read.state) {
		case 'read':
			return read.index;
		case 'newer':
			throw damaged(reading, name.name, 'a newer version of Cistern wrote it');
		case 'damaged':
			throw damaged(reading, name.name, 'it is no index of Cistern');
	}
};

/**
 * The steps that the newest state of a part is made of, in their order. `heads`: of its chain. Throws
 * `object-missing` where one is not there any more.
 */
export const readSteps = async (
	reading: StoreReading,
	uuid: string,
	heads: readonly string[],
): Promise<readonly NamedStep[]> => {
	const steps = new Map<string, Step>();
	const read = async (name: string): Promise<NamedStep> => {
		const step = steps.get(name) ?? (await readStep(reading, uuid, name));
		steps.set(name, step);
		return {name, step};
	};
	const newest = newestOf(await Promise.all(heads.map(read)));
	if (newest === undefined) {
		throw new Error(`the chain of ${uuid} has no step`);
	}

	for (let open: readonly string[] = [newest.name]; open.length > 0; ) {
		const found = await Promise.all(open.map(read));
		open = [...new Set(found.flatMap(({step}) => neededBy(step)))].filter(
			(name) => !steps.has(name),
		);
	}

	try {
		return orderSteps(newest.name, steps);
	} catch {
		throw damaged(reading, `${folderOf(uuid)}${newest.name}`, 'its steps lead in a circle');
	}
};

/** One step. Throws `object-damaged` for one of another repository or part. */
export const readStep = async (
	reading: StoreReading,
	uuid: string,
	name: string,
): Promise<Step> => {
	const {store, identities, signal, retry} = reading;
	const path = `${folderOf(uuid)}${name}`;
	const {text} = await retry(() => store.openText(path, {identities, signal}));
	const read = parseStep(text);
	switch (read.state) {
		case 'read':
			if (read.step.uuid !== uuid || !name.includes(`.${read.step.part}.step`)) {
				throw damaged(reading, path, 'it is the step of something else');
			}

			return read.step;
		case 'newer':
			throw damaged(reading, path, 'a newer version of Cistern wrote it');
		case 'damaged':
			throw damaged(reading, path, read.detail);
	}
};

const damaged = ({store}: StoreReading, name: string, detail: string): FailureError =>
	new FailureError({kind: 'object-damaged', store: store.title, name, detail});
