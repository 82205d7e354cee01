import {type Failure, failureOf} from '../../domain/failure/failure.ts';
import {onlyGiven} from '../../domain/given.ts';
import {workspaceFolder} from '../../domain/plan/layout.ts';
import {folderOf, indexFolder} from '../../domain/store/names.ts';
import type {StoreFinding, StoreVerdict} from '../../domain/store/outcome.ts';
import type {Sealed, Step} from '../../domain/store/step.ts';
import type {IndexEntry} from '../../domain/store/store-index.ts';
import type {StoredObject} from '../../ports/store.ts';
import {runPool} from '../retry/pool.ts';
import {isWanted} from './fetch.ts';
import {readStep} from './read-steps.ts';
import {type FoundSource, isOfObject, type StoreReading} from './read-store.ts';

/** Repositories that are looked at once. */
const atOnce = 8;

/**
 * Reads every step of a source, and looks whether the store has each object that they name, in its
 * size. Reads no bundle but one of which the store tells another check sum.
 */
export const verifyStore = async (
	reading: StoreReading,
	{source, repos, unread}: FoundSource,
	wanted: readonly string[],
): Promise<StoreVerdict> => {
	const entries = Object.entries(repos).filter(([, entry]) => isWanted(entry, wanted));
	const repositories = entries.filter(([, {folder}]) => folder !== workspaceFolder).length;
	const verdict = {source, repositories, steps: 0, objects: 0, unread};
	const newest = findNewest();
	newest.add(await listAll(reading, indexFolder));
	const findings: StoreFinding[] = [];
	const doubts: Doubt[] = [];
	let tellsMd5 = false;
	await runPool(entries, atOnce, async ([uuid, entry]) => {
		const objects = await listAll(reading, folderOf(uuid));
		newest.add(objects);
		const found = await verifyEntry(reading, uuid, entry, objects);
		verdict.steps += found.steps;
		verdict.objects += found.objects;
		findings.push(...found.findings);
		doubts.push(...found.doubts);
		tellsMd5 ||= found.tellsMd5;
	});
	await runPool(tellsMd5 ? doubts : [], atOnce, async (doubt) => {
		const failure = await readDoubtful(reading, doubt);
		const {repository, isOld} = doubt;
		findings.push(...(failure === undefined ? [] : [{repository, failure, isOld}]));
	});
	return {...verdict, findings, ...onlyGiven({locks: await readLocks(reading, newest.get())})};
};

const listAll = (
	{store, retry, signal}: StoreReading,
	folder: string,
): Promise<readonly StoredObject[]> => retry(() => Array.fromAsync(store.list(folder, {signal})));

/** Objects that are asked for their locks. */
const mostAsked = 3;

/** Finds the newest of many objects, without holding them. */
const findNewest = () => {
	let newest: readonly StoredObject[] = [];
	return {
		add: (objects: readonly StoredObject[]): void => {
			newest = [...newest, ...objects].toSorted((a, b) => b.at - a.at).slice(0, mostAsked);
		},
		get: (): readonly StoredObject[] => newest,
	};
};

const readLocks = async (
	{store, retry, signal}: StoreReading,
	objects: readonly StoredObject[],
): Promise<StoreVerdict['locks']> => {
	const locks: string[] = [];
	for (const {name} of store.readLock === undefined ? [] : objects) {
		const lock = await retry(async () => store.readLock?.(name, signal) ?? 'untold');
		locks.push(...(lock === 'untold' ? [] : [lock]));
	}

	const locked = locks.filter((lock) => lock === 'locked').length;
	return locks.length === 0 ? undefined : {asked: locks.length, locked};
};

/**
 * An object of which the store tells another check sum than it got. A store that encrypts with keys of
 * its own never tells an MD5, and one may have begun to: only the content says whether it changed.
 */
type Doubt = Omit<StoreFinding, 'failure'> & {readonly name: string; readonly object: Sealed};

/** Undefined for one that is as it was sent, and for one that these keys may not read. */
const readDoubtful = async (
	{store, identities, signal, retry}: StoreReading,
	{name, object}: Doubt,
): Promise<Failure | undefined> => {
	try {
		await retry(async () => {
			const content = await store.open(name, {identities, known: object, signal});
			const pieces = content[Symbol.asyncIterator]();
			while ((await pieces.next()).done !== true) {
				// Its hashes are compared while it goes by.
			}
		});
		return undefined;
	} catch (error) {
		const failure = failureOf(error);
		if (isOfObject(failure)) {
			return failure;
		}

		if (failure.kind === 'store-refused' || failure.kind === 'identity-refused') {
			return undefined;
		}

		throw error;
	}
};

const verifyEntry = async (
	reading: StoreReading,
	uuid: string,
	{name, parts}: IndexEntry,
	all: readonly StoredObject[],
): Promise<
	Pick<StoreVerdict, 'steps' | 'objects' | 'findings'> & {
		readonly doubts: readonly Doubt[];
		/** Did the store tell the MD5 of one of them? */
		readonly tellsMd5: boolean;
	}
> => {
	const {store} = reading;
	const there = new Map(all.map((object) => [object.name, object]));
	const findings: StoreFinding[] = [];
	const doubts: Doubt[] = [];
	let tellsMd5 = false;
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
			for (const object of named) {
				const path = `${folderOf(uuid)}${object.name}`;
				const stored = there.get(path);
				const failure = compare(store.title, path, stored, object);
				if (failure !== undefined) {
					findings.push({repository: name, failure, isOld});
				} else if (stored?.etag === object.md5) {
					tellsMd5 = true;
				} else if (md5Form.test(stored?.etag ?? '')) {
					doubts.push({repository: name, isOld, name: path, object});
				}
			}

			walk.add(found.step, isOld);
		}
	}

	return {steps, objects, findings, doubts, tellsMd5};
};

/** That of an object that was sent in parts has another form. */
const md5Form = /^[\da-f]{32}$/;

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
		const failure = failureOf(error);
		if (isOfObject(failure)) {
			return {failure};
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
	name: string,
	found: StoredObject | undefined,
	{size}: Sealed,
): Failure | undefined => {
	if (found === undefined) {
		return {kind: 'object-missing', store, name};
	}

	if (found.size !== size) {
		const detail = `it has ${found.size} bytes instead of ${size}`;
		return {kind: 'object-damaged', store, name, detail};
	}

	return undefined;
};
