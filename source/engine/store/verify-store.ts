import {type Failure, FailureError} from '../../domain/failure/failure.ts';
import {workspaceFolder} from '../../domain/plan/layout.ts';
import {folderOf} from '../../domain/store/names.ts';
import type {StoreFinding, StoreVerdict} from '../../domain/store/outcome.ts';
import type {Sealed, Step} from '../../domain/store/step.ts';
import type {IndexEntry, StoredSource} from '../../domain/store/store-index.ts';
import type {StoredObject} from '../../ports/store.ts';
import {runPool} from '../retry/pool.ts';
import {isWanted} from './fetch.ts';
import {readStep, type StoreReading} from './read-store.ts';

/** Repositories that are looked at once. */
const atOnce = 8;

/**
 * Reads every step of a source, and looks whether the store has each object that they name, in its
 * size. Reads no bundle. An ETag says nothing: it is an MD5 in some stores and for some objects only.
 */
export const verifyStore = async (
	reading: StoreReading,
	{source, repos}: StoredSource,
	wanted: readonly string[],
): Promise<StoreVerdict> => {
	const entries = Object.entries(repos).filter(([, entry]) => isWanted(entry, wanted));
	const repositories = entries.filter(([, {folder}]) => folder !== workspaceFolder).length;
	const verdict = {source, repositories, steps: 0, objects: 0};
	const findings: StoreFinding[] = [];
	await runPool(entries, atOnce, async ([uuid, entry]) => {
		const found = await verifyEntry(reading, uuid, entry);
		verdict.steps += found.steps;
		verdict.objects += found.objects;
		findings.push(...found.findings);
	});
	return {...verdict, findings};
};

const verifyEntry = async (
	reading: StoreReading,
	uuid: string,
	{name, parts}: IndexEntry,
): Promise<Pick<StoreVerdict, 'steps' | 'objects' | 'findings'>> => {
	const {store, retry, signal} = reading;
	const there = await retry(async () => {
		const objects = new Map<string, StoredObject>();
		for await (const object of store.list(folderOf(uuid), {signal})) {
			objects.set(object.name, object);
		}

		return objects;
	});
	const findings: StoreFinding[] = [];
	let steps = 0;
	let objects = 0;
	for (const {heads} of Object.values(parts)) {
		const walk = walkSteps(heads);
		for (const {step: stepName, isOld} of walk) {
			const found = await lookAt(reading, uuid, stepName, there);
			if ('failure' in found) {
				findings.push({repository: name, failure: found.failure, isOld});
				continue;
			}

			steps += 1;
			const named = objectsOf(found.step);
			objects += named.length;
			findings.push(
				...named.flatMap((object) => {
					const failure = compare(store.title, there, uuid, object);
					return failure === undefined ? [] : [{repository: name, failure, isOld}];
				}),
			);
			walk.add(found.step, isOld);
		}
	}

	return {steps, objects, findings};
};

/** All steps that heads lead to, each once, those of the newest states first. */
const walkSteps = (heads: readonly string[]) => {
	const open = heads.map((step) => ({step, isOld: false}));
	const seen = new Set(heads);
	return {
		*[Symbol.iterator]() {
			yield* open;
		},
		add: ({parents, isFull}: Step, isOld: boolean): void => {
			for (const step of parents.filter((parent) => !seen.has(parent))) {
				seen.add(step);
				open.push({step, isOld: isOld || isFull});
			}
		},
	};
};

const lookAt = async (
	reading: StoreReading,
	uuid: string,
	name: string,
	there: ReadonlyMap<string, StoredObject>,
): Promise<{readonly step: Step} | {readonly failure: Failure}> => {
	const path = `${folderOf(uuid)}${name}`;
	if (!there.has(path)) {
		return {failure: {kind: 'object-missing', store: reading.store.title, name: path}};
	}

	try {
		return {step: await readStep(reading, uuid, name)};
	} catch (error) {
		if (error instanceof FailureError && /^object-/.test(error.failure.kind)) {
			return {failure: error.failure};
		}

		throw error;
	}
};

const objectsOf = ({bundle, files}: Step): readonly Sealed[] => [
	...(bundle === undefined ? [] : [bundle]),
	...files.map(({object}) => object),
];

const compare = (
	store: string,
	there: ReadonlyMap<string, StoredObject>,
	uuid: string,
	object: Sealed,
): Failure | undefined => {
	const name = `${folderOf(uuid)}${object.name}`;
	const found = there.get(name);
	if (found === undefined) {
		return {kind: 'object-missing', store, name};
	}

	if (found.size !== object.size) {
		const detail = `it has ${found.size} bytes instead of ${object.size}`;
		return {kind: 'object-damaged', store, name, detail};
	}

	return undefined;
};
