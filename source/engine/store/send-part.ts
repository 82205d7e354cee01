import {FailureError} from '../../domain/failure/failure.ts';
import {joinPath} from '../../domain/plan/layout.ts';
import {fullName, type Refs} from '../../domain/plan/repository.ts';
import {formatRecordLine, type RepositoryRecord, refsState} from '../../domain/record/record.ts';
import {isMirrored} from '../../domain/record/ref-name.ts';
import {isFullDue, isOfTwins, newestOf} from '../../domain/store/chain.ts';
import {bundleName, stepName} from '../../domain/store/names.ts';
import {
	formatStep,
	isSendable,
	type Sealed,
	type SentFile,
	type Step,
	type StepText,
} from '../../domain/store/step.ts';
import type {Chain} from '../../domain/store/store-index.ts';
import type {OffSite, OffSiteFile, Part} from '../../parts/part.ts';
import type {KnownObjects} from '../../ports/git.ts';
import {type ObjectSending, put, sendFile, sendThrough} from './send-file.ts';
import type {SentMemory} from './sent.ts';

/** The files of a part in a store that alone keeps it. */
export type KeptInStore = {
	/** All that its steps name. */
	list(): Promise<readonly SentFile[]>;
	/** Those that this run has sent, and that no step names yet. */
	taken(): readonly SentFile[];
};

/** Everything that the sending of one part needs. */
export type PartSending = ObjectSending & {
	readonly memory: SentMemory;
	/** Milliseconds after which it is sent whole again. */
	readonly fullAfter: number;
	/** Title of the source. */
	readonly source: string;
	/** Milliseconds since 1970. */
	readonly now: number;
	readonly record: RepositoryRecord;
	readonly part: Part;
	/** Digest of the entry: it is remembered as sent. */
	readonly digest: string;
	/** Everything that the store has of it, as far as this folder remembers. */
	readonly chain: Chain | undefined;
	/** Undefined where a folder keeps it too. Otherwise its mirror may be hollow, if it is not read back. */
	readonly kept: KeptInStore | undefined;
	/** Whatever the store has of it may be damaged. */
	readonly isAgain: boolean;
	/** Has this run sent its newest step itself? */
	readonly isOwn: boolean;
};

/** A run without a folder has the past of those parts alone that it reads back. */
const seesUpstreamAlone = ({kept, part}: PartSending): boolean =>
	kept !== undefined && part.offSite?.isReadBack !== true;

export type SentPart = {
	readonly chain: Chain;
	/** Bytes that were sent; 0 if nothing was new. */
	readonly bytes: number;
};

/**
 * Sends what is new of a part: its objects as a bundle, its files, and then the step that names them.
 * Nothing counts before an index object leads to the step, so a kill anywhere leaves the store as it
 * was, with a few objects that nothing names. Throws a `FailureError`.
 */
export const sendPart = async (work: PartSending, offSite: OffSite): Promise<SentPart> => {
	const {chain, id, record, digest, isAgain} = work;
	const before = chain && !isAgain ? await readBefore(work, chain) : undefined;
	const isFull = before === undefined || (await isSentWhole(work, offSite));
	const state = await readState(work, offSite);
	const news = findNews(work, state, before, {isFull, historyRef: offSite.historyRef});
	if (chain !== undefined && !isFull && isNothing(work, news, state, before)) {
		return {chain: {...chain, entry: digest}, bytes: 0};
	}

	const bundle = await sendBundle(work, news);
	const added: SentFile[] = [...news.taken];
	for (const file of news.files) {
		added.push({path: file.path, object: await sendFile(work, file)});
	}

	const all = await listAll(work, state, [...(before?.files ?? []), ...added], isFull);
	const step: Step = {
		uuid: id,
		name: fullName(record),
		source: work.source,
		part: work.part.name,
		at: new Date(work.now).toISOString(),
		record: formatRecordLine(record),
		parents: chain?.heads ?? [],
		bundle,
		isFull,
		isUpstream: seesUpstreamAlone(work),
		shallow: state.shallow,
		files: isFull ? all : added,
		without: news.without,
		texts: state.texts,
		head: state.head,
		refs: state.refs,
	};
	const name = stepName(work.sending, step.part, work.store.suffix);
	const body = await work.store.sealText(writeStep(step, work.copy.folder));
	await put(work, name, body);
	await work.memory.writeStep(name, {...step, files: all, without: []});
	const bytes = [
		body,
		...(bundle === undefined ? [] : [bundle]),
		...added.map(({object}) => object),
	]
		.map(({size}) => size)
		.reduce((sum, size) => sum + size, 0);
	return {bytes, chain: nextChain(work, {name, at: step.at, isFull, bytes})};
};

/** A mirror with a ref that git would not make is the problem of one repository. */
const writeStep = (step: Step, path: string): string => {
	try {
		return formatStep(step);
	} catch (error) {
		const detail = error instanceof Error ? error.message : '';
		throw new FailureError({kind: 'mirror-unusable', path, detail});
	}
};

/** All files of this state. `sent`: as far as they are known here. */
const listAll = async (
	{kept, part}: PartSending,
	{files, refs}: State,
	sent: readonly SentFile[],
	isFull: boolean,
): Promise<readonly SentFile[]> => {
	const isElsewhere =
		kept !== undefined && (refs === undefined || part.offSite?.isReadBack === true);
	const before = isElsewhere && isFull ? await kept.list() : [];
	const byPath = new Map([...before, ...sent].map((file) => [file.path, file]));
	return isElsewhere ? [...byPath.values()] : files.flatMap(({path}) => byPath.get(path) ?? []);
};

/** Undefined where two folders sent the same part, and where the memory is lost. */
const readBefore = async (work: PartSending, {heads}: Chain): Promise<Step | undefined> => {
	const {memory, id, kept} = work;
	if (kept !== undefined) {
		const step = await readNewest(memory, id, heads);
		return step?.refs === undefined || !seesUpstreamAlone(work)
			? step
			: {...step, refs: upstreamOf(step.refs)};
	}

	const [head, second] = heads;
	return head === undefined || second !== undefined ? undefined : memory.readStep(id, head);
};

/** The newest of several steps. Undefined if none of them can be read. */
export const readNewest = async (
	memory: SentMemory,
	id: string,
	heads: readonly string[],
): Promise<Step | undefined> => {
	const steps = await Promise.all(
		heads.map(async (name) => {
			const step = await memory.readStep(id, name);
			return step === undefined ? [] : [{name, step}];
		}),
	);
	return newestOf(steps.flat())?.step;
};

/** Without Cistern's own: another run without a folder cannot know those. */
export const upstreamOf = (refs: Refs): Refs =>
	new Map([...refs].filter(([ref]) => isMirrored(ref)));

/** Of a hollow mirror, only what is new is here. A clone that took its place is sent once as it came. */
const isSentWhole = async (work: PartSending, {historyRef}: OffSite): Promise<boolean> => {
	const {chain, copy, part, isOwn} = work;
	return !seesUpstreamAlone(work) || historyRef === undefined
		? isFullDue(chain, work)
		: !isOwn && !(await copy.git.isHollow(joinPath(copy.folder, part.name)));
};

const nextChain = (
	{chain, digest}: PartSending,
	{name, at, isFull, bytes}: {name: string; at: string; isFull: boolean; bytes: number},
): Chain =>
	chain === undefined || isFull
		? {heads: [name], at, entry: digest, fullAt: at, fullBytes: bytes, bytes: 0, steps: 0}
		: {
				...chain,
				heads: [name],
				at,
				entry: digest,
				bytes: chain.bytes + bytes,
				steps: chain.steps + 1,
			};

type State = {
	readonly head: string | undefined;
	readonly refs: Refs | undefined;
	readonly shallow: readonly string[];
	readonly files: readonly OffSiteFile[];
	readonly texts: readonly StepText[];
};

const readState = async (work: PartSending, offSite: OffSite): Promise<State> => {
	const {copy, part, kept} = work;
	// A store that alone keeps the files gets each as it comes, and more may just be coming.
	const all = kept === undefined ? await offSite.listFiles(copy) : [];
	const files = all.filter(({path}) => isSendable(path));
	const texts = (await offSite.listTexts?.(copy)) ?? [];
	if (offSite.historyRef === undefined) {
		return {head: undefined, refs: undefined, shallow: [], files, texts};
	}

	const mirror = joinPath(copy.folder, part.name);
	const stamp = await copy.git.readStamp(mirror);
	if (stamp === undefined) {
		throw new FailureError({kind: 'mirror-unusable', path: mirror, detail: 'it has no HEAD'});
	}

	const shallow = await copy.files.readText(joinPath(mirror, 'shallow'));
	const head = stamp.head.replace(/^ref: /, '');
	const refs = await copy.git.readStoredTips(mirror);
	return {
		...(seesUpstreamAlone(work) ? ofUpstream(work, head, upstreamOf(refs)) : {head, refs}),
		shallow: (shallow ?? '').split('\n').filter((line) => line !== ''),
		files,
		texts,
	};
};

/** A mirror has a HEAD even where upstream told none, and the record knows it. */
const ofUpstream = (
	{copy, part, record}: PartSending,
	head: string,
	refs: Refs,
): Pick<State, 'head' | 'refs'> => {
	const entry = record.parts[part.name];
	const told = entry?.state === 'saved' ? entry.refs?.digest : undefined;
	const isTold = refsState(undefined, refs, copy.digest).digest !== told;
	return {head: isTold ? head : undefined, refs};
};

type News = {
	/** Refs to objects that the last step's refs did not name. */
	readonly tips: Refs;
	/** Everything that the store has, as far as it may help. */
	readonly known: KnownObjects | undefined;
	readonly files: readonly OffSiteFile[];
	/** Files that were sent already. */
	readonly taken: readonly SentFile[];
	readonly without: readonly string[];
};

const findNews = (
	{kept}: PartSending,
	state: State,
	before: Step | undefined,
	{isFull, historyRef}: {readonly isFull: boolean; readonly historyRef: string | undefined},
): News => {
	const refs: Refs = state.refs ?? new Map();
	const old: Refs = (isFull ? undefined : before?.refs) ?? new Map();
	const sent = new Set(old.values());
	const tips = new Map([...refs].filter(([, oid]) => !sent.has(oid)));
	const sentFiles = new Map((before?.files ?? []).map((file) => [file.path, file.object.plain]));
	const paths = new Set(state.files.map(({path}) => path));
	return {
		tips,
		known: findKnown(old, tips, historyRef),
		files: state.files.filter(({path, sha256}) => sentFiles.get(path) !== sha256),
		taken: kept?.taken() ?? [],
		// Only a folder has all files of a state.
		without:
			isFull || kept !== undefined ? [] : [...sentFiles.keys()].filter((path) => !paths.has(path)),
	};
};

/** Beyond some, more tips leave nothing more out of a bundle. */
const mostKnown = 1000;

const findKnown = (
	old: Refs,
	tips: Refs,
	historyRef: string | undefined,
): KnownObjects | undefined => {
	const commit = historyRef === undefined ? undefined : old.get(historyRef);
	if (commit === undefined) {
		return undefined;
	}

	const replaced = [...tips.keys()].flatMap((ref) => old.get(ref) ?? []);
	return {commit, tips: [...new Set([...replaced, ...old.values()])].slice(0, mostKnown)};
};

/** Is the store's last step what there is now? The record goes with the repository itself. */
const isNothing = (
	{part, record, chain}: PartSending,
	{tips, files, taken, without}: News,
	{refs, head, texts}: State,
	before: Step | undefined,
): boolean =>
	tips.size + files.length + taken.length + without.length === 0 &&
	before !== undefined &&
	!(chain !== undefined && isOfTwins(chain)) &&
	JSON.stringify(before.texts) === JSON.stringify(texts) &&
	before.head === head &&
	(!part.isRequired || before.record === formatRecordLine(record)) &&
	(before.refs?.size ?? 0) === (refs?.size ?? 0) &&
	[...(refs ?? [])].every(([ref, oid]) => before.refs?.get(ref) === oid);

const sendBundle = async (work: PartSending, {tips, known}: News): Promise<Sealed | undefined> => {
	const {copy, part, store} = work;
	if (tips.size === 0) {
		return undefined;
	}

	const mirror = joinPath(copy.folder, part.name);
	const content = await copy.git.makeBundle(mirror, {tips, known}, copy.signal);
	return content === undefined
		? undefined
		: sendThrough(work, bundleName(work.sending, part.name, store.suffix), (file) =>
				store.sealInto(file, content, copy.signal, part.offSite?.isReadBack),
			);
};
