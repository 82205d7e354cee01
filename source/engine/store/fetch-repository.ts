import {type Failure, FailureError, failureOf} from '../../domain/failure/failure.ts';
import {compareRefs, createAll, keptPrefix, parseKeptRef} from '../../domain/history/history.ts';
import {joinPath} from '../../domain/plan/layout.ts';
import {
	type Digest,
	type PartEntry,
	partsIn,
	type RepositoryRecord,
	usableRecord,
} from '../../domain/record/record.ts';
import {isMirrored} from '../../domain/record/ref-name.ts';
import {filesOf, isOfTwins, type NamedStep, newestOf} from '../../domain/store/chain.ts';
import {folderOf} from '../../domain/store/names.ts';
import type {Sealed, Step} from '../../domain/store/step.ts';
import type {IndexEntry} from '../../domain/store/store-index.ts';
import {formatCompactTime} from '../../domain/text/format.ts';
import {isStandalone, type Part, type PartCopy} from '../../parts/part.ts';
import type {Files} from '../../ports/files.ts';
import type {Git} from '../../ports/git.ts';
import {runPool} from '../retry/pool.ts';
import {writeRecord} from '../saved/saved-state.ts';
import {findStepAt, readStep, readSteps} from './read-steps.ts';
import {damaged, isOfObject, isOfOne, type StoreReading} from './read-store.ts';

/** Everything that fetching repositories out of a store needs. */
export type Fetching = StoreReading & {
	readonly git: Git;
	readonly files: Files;
	readonly digest: Digest;
	readonly parts: readonly Part[];
	/** The moment that is asked for, milliseconds since 1970, if it is not the newest state. */
	readonly at?: number | undefined;
	/** The name of the one part that is wanted, if it is not everything. */
	readonly only?: string | undefined;
};

/** `earlier`: the chains that the store had at the moment that is asked for. */
export type StoredEntry = Pick<IndexEntry, 'folder' | 'parts'> & {
	readonly earlier?: IndexEntry['parts'] | undefined;
};

/** A repository that came back. */
export type FetchedRepository = {
	readonly record: RepositoryRecord;
	/** The newest step of each part, with all files of its state. */
	readonly newest: readonly NamedStep[];
};

/** Files that are fetched at once. */
const atOnce = 8;

/**
 * Brings the newest state of a repository, or of the workspace's own metadata, back to `folder`, which
 * must not exist yet: its mirrors with all refs, its files, and its record, written last. Everything
 * is compared with its hashes on the way, and each mirror is proved to be whole. Throws a
 * `FailureError`; then `folder` is a part.
 */
export const fetchRepository = async (
	fetching: Fetching,
	uuid: string,
	entry: StoredEntry,
	folder: string,
): Promise<FetchedRepository> => {
	const {files} = fetching;
	const parts = partsIn(entry.folder, fetching.parts);
	await files.makeFolder(folder);
	const fetched = new Map<string, NamedStep>();
	let isCodeEarlier = false;
	for (const part of parts) {
		const {heads} = entry.parts[part.name] ?? {};
		if (heads !== undefined && part.offSite !== undefined && isWanted(fetching, part)) {
			const earlier = entry.earlier?.[part.name]?.heads ?? [];
			const chain = {heads, earlier, folder, isCodeEarlier};
			const step = await fetchAsOf(fetching, uuid, part, chain);
			fetched.set(part.name, step);
			isCodeEarlier ||= part.isRequired && !heads.includes(step.name);
		} else if (heads !== undefined && part.isRequired) {
			// The record of the repository goes with it.
			const steps = heads.map(async (name) => ({name, step: await readStep(fetching, uuid, name)}));
			const newest = newestOf(await Promise.all(steps));
			if (newest !== undefined) {
				fetched.set(part.name, newest);
			}
		}
	}

	const isOfTwo = Object.values(entry.parts).some(isOfTwins);
	const record = await renewRecord({...fetching, parts}, fetched, {folder, isOfTwo});
	await writeRecord(files, folder, record);
	return {record, newest: [...fetched.values()]};
};

const isWanted = ({only}: Fetching, {name}: Part): boolean => only === undefined || only === name;

/**
 * The newest state of a part, which knows its past. Where it does not, because its mirror was lost and
 * made anew since the moment that is asked for, the last state that was sent until then. A companion
 * of the code is taken from the time of the code.
 */
const fetchAsOf = async (
	fetching: Fetching,
	uuid: string,
	part: Part,
	{
		heads,
		earlier,
		folder,
		isCodeEarlier,
	}: {
		readonly heads: readonly string[];
		readonly earlier: readonly string[];
		readonly folder: string;
		readonly isCodeEarlier: boolean;
	},
): Promise<NamedStep> => {
	const fetchFrom = async (wanted: readonly string[]): Promise<NamedStep> =>
		fetchPart(fetching, uuid, part, {steps: await readSteps(fetching, uuid, wanted), folder});
	const {at, files} = fetching;
	if (at === undefined) {
		return fetchFrom(heads);
	}

	const findEarlier = (): Promise<string | undefined> =>
		findStepAt(fetching, uuid, [...new Set([...heads, ...earlier])], at);
	if (!isStandalone(part)) {
		const step = isCodeEarlier ? await findEarlier() : undefined;
		return fetchFrom(step === undefined ? heads : [step]);
	}

	const newest = await orFailure(fetchFrom(heads));
	const isFound =
		!(newest instanceof FailureError) &&
		!('result' in (await part.readState({...fetching, folder}, undefined, at, 'bare')));
	const step = isFound ? undefined : await findEarlier();
	if (step === undefined) {
		if (newest instanceof FailureError) {
			throw newest;
		}

		return newest;
	}

	if (newest instanceof FailureError) {
		fetching.onLost?.(newest.failure);
	}

	await files.remove(joinPath(folder, part.name));
	return fetchFrom([step]);
};

/** Gives the failure of a newest state that does not come back whole. */
const orFailure = async (fetched: Promise<NamedStep>): Promise<NamedStep | FailureError> => {
	try {
		return await fetched;
	} catch (error) {
		if (error instanceof FailureError && isOfOne(error.failure)) {
			return error;
		}

		throw error;
	}
};

const fetchPart = async (
	fetching: Fetching,
	uuid: string,
	part: Part,
	{steps, folder}: {readonly steps: readonly NamedStep[]; readonly folder: string},
): Promise<NamedStep> => {
	const newest = steps.at(-1);
	if (newest === undefined) {
		throw new Error(`no step of ${part.name}`);
	}

	const {name, step} = newest;
	if (step.refs !== undefined) {
		await fetchMirror(fetching, uuid, part, {steps, newest: step, folder});
	}

	const files = filesOf(steps);
	const paths = [...files.keys(), ...step.texts.map(({path}) => path)];
	const foreign = paths.find((path) => part.offSite?.isOwnPath(path) !== true);
	if (foreign !== undefined) {
		const detail = `its part ${part.name} has no file ${foreign}`;
		throw damaged(fetching, `${folderOf(uuid)}${name}`, detail);
	}

	await fetchFiles(fetching, uuid, files, folder);
	for (const {path, text} of step.texts) {
		await fetching.files.writeText(joinPath(folder, path), text);
	}

	const all = [...files].map(([path, object]) => ({path, object}));
	return {name, step: {...step, files: all, without: []}};
};

/** Brings the mirror of a part back to the state of the `newest` of these steps. */
export const fetchMirror = async (
	fetching: Fetching,
	uuid: string,
	part: Part,
	{
		steps,
		newest,
		folder,
	}: {readonly steps: readonly NamedStep[]; readonly newest: Step; readonly folder: string},
): Promise<void> => {
	const {git, files, signal} = fetching;
	const {refs = new Map(), shallow} = newest;
	const mirror = joinPath(folder, part.name);
	await git.createMirror(mirror, refs.values());
	if (shallow.length > 0) {
		await files.writeText(joinPath(mirror, 'shallow'), `${shallow.join('\n')}\n`);
	}

	const whole = await unpackAll(fetching, uuid, mirror, steps);
	await (newest.isUpstream
		? replaySteps({...fetching, folder}, part, whole)
		: setState(git, mirror, newest));
	await git.pack(mirror);
	await git.requireWhole(mirror, signal);
};

/**
 * Unpacks the bundles of all steps, and gives the steps whose states are whole. Where a bundle is gone or
 * damaged, its state is lost, and so are all that build on it up to the next full one. Throws where the
 * newest is one of them.
 */
const unpackAll = async (
	fetching: Fetching,
	uuid: string,
	mirror: string,
	steps: readonly NamedStep[],
): Promise<readonly NamedStep[]> => {
	const failures: Failure[] = [];
	const whole = new Set<string>();
	for (const {name, step} of steps) {
		const {isFull, parents} = step;
		if (isFull || (parents.length > 0 && parents.every((parent) => whole.has(parent)))) {
			const failure = await unpackIfThere(fetching, uuid, mirror, step);
			if (failure === undefined) {
				whole.add(name);
			} else {
				failures.push(failure);
			}
		}
	}

	const newest = steps.at(-1)?.name ?? '';
	if (!whole.has(newest)) {
		const [first] = failures;
		throw first === undefined
			? damaged(fetching, `${folderOf(uuid)}${newest}`, 'a state that it builds on is gone')
			: new FailureError(first);
	}

	for (const failure of failures) {
		fetching.onLost?.(failure);
	}

	return steps.filter(({name}) => whole.has(name));
};

/** Gives the failure of a bundle that is gone or damaged. */
const unpackIfThere = async (
	{git, store, identities, signal, retry}: Fetching,
	uuid: string,
	mirror: string,
	{bundle}: Step,
): Promise<Failure | undefined> => {
	try {
		if (bundle !== undefined) {
			const name = `${folderOf(uuid)}${bundle.name}`;
			await retry(async () => {
				const content = await store.open(name, {identities, known: bundle, signal});
				await git.unpackBundle(mirror, content, signal);
			});
		}

		return undefined;
	} catch (error) {
		const failure = failureOf(error);
		if (!isOfObject(failure)) {
			throw error;
		}

		return failure;
	}
};

/** A state that a mirror had itself, with all that is Cistern's own in it. */
const setState = async (git: Git, mirror: string, {refs, head}: Step): Promise<void> => {
	const moves = compareRefs(await git.readStoredTips(mirror), refs ?? new Map());
	await git.updateRefs(mirror, moves);
	if (head !== undefined) {
		await git.setHead(mirror, head);
	}
};

/**
 * Brings all states back, one after the other: a run without a folder only saw upstream's refs. A state
 * of a folder among them also brings the tips that the folder had kept.
 */
const replaySteps = async (
	copy: PartCopy,
	part: Part,
	steps: readonly NamedStep[],
): Promise<void> => {
	const {git} = copy;
	const mirror = joinPath(copy.folder, part.name);
	for (const [index, {name, step}] of steps.entries()) {
		if (index === 0 && !step.isUpstream) {
			await setState(git, mirror, step);
			continue;
		}

		const all = [...(step.refs ?? [])];
		const at = Date.parse(step.at);
		const state = {at, head: step.head, refs: new Map(all.filter(([ref]) => isMirrored(ref)))};
		await part.offSite?.replay?.(copy, state, nameState(at, name));
		const there = await git.readStoredTips(mirror);
		const kept = new Set([...there].map(nameKept));
		const own = all.filter(
			([ref, oid]) => !isMirrored(ref) && !there.has(ref) && !kept.has(nameKept([ref, oid])),
		);
		await git.updateRefs(mirror, createAll(own));
	}
};

/** The replay may have kept the same tip of the same ref, below another run's name. */
const nameKept = ([ref, oid]: readonly [ref: string, oid: string]): string =>
	`${ref.startsWith(keptPrefix) ? parseKeptRef(ref).ref : ref} ${oid}`;

/** As a run is named that began then. The end of a step's name tells two of one second apart. */
export const nameState = (at: number, step: string): string => {
	const [, suffix = ''] = /-([0-9a-f]+)\./.exec(step) ?? [];
	return `${formatCompactTime(at)}-${suffix}`;
};

const fetchFiles = async (
	{files, store, identities, signal, retry}: Fetching,
	uuid: string,
	wanted: ReadonlyMap<string, Sealed>,
	folder: string,
): Promise<void> => {
	await runPool(wanted, atOnce, async ([path, known]) => {
		const target = joinPath(folder, path);
		await files.makeFolder(target.slice(0, target.lastIndexOf('/')));
		await retry(async () => {
			await files.remove(target);
			await store.openInto(target, `${folderOf(uuid)}${known.name}`, {identities, known, signal});
		});
	});
};

/**
 * The record as it was sent, with entries that fit the files as they are now. `isOfTwo`: two runs sent
 * at once, and the record is that of one of them. Then the next backup has to look through both.
 */
const renewRecord = async (
	fetching: Fetching,
	fetched: ReadonlyMap<string, NamedStep>,
	{folder, isOfTwo}: {readonly folder: string; readonly isOfTwo: boolean},
): Promise<RepositoryRecord> => {
	const {git, files, digest, signal, parts, store} = fetching;
	const main = parts.find(({isRequired}) => isRequired) ?? parts[0];
	const step = main && fetched.get(main.name)?.step;
	const record = usableRecord(step?.record, parts);
	if (record === undefined) {
		throw damaged({store}, '', 'the record of the repository cannot be read');
	}

	const copy = {git, files, digest, signal, folder};
	const entries: Record<string, PartEntry> = {};
	for (const [name, recorded] of Object.entries(record.parts)) {
		const part = parts.find((one) => one.name === name);
		const sent = fetched.get(name)?.step;
		// Its own step is the newest of it, and brought the record of that time along.
		const entry = usableRecord(sent?.record, parts)?.parts[name] ?? recorded;
		if (part?.offSite === undefined || entry.state !== 'saved' || !part.offSite.hasContent(entry)) {
			entries[name] = entry;
		} else if (sent !== undefined) {
			const renewed = isWanted(fetching, part) ? await part.offSite.renew(copy, entry) : entry;
			entries[name] = isOfTwo ? (part.lookAgain?.(renewed) ?? renewed) : renewed;
		}
	}

	return {...record, parts: entries};
};
