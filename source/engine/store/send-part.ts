import {FailureError} from '../../domain/failure/failure.ts';
import {joinPath} from '../../domain/plan/layout.ts';
import {fullName, type Refs} from '../../domain/plan/repository.ts';
import {formatRecordLine, type RepositoryRecord, refsState} from '../../domain/record/record.ts';
import {isMirrored} from '../../domain/record/ref-name.ts';
import {isFullDue, newestOf} from '../../domain/store/chain.ts';
import {bundleName, fileName, folderOf, stepName} from '../../domain/store/names.ts';
import {
	formatStep,
	isSendable,
	type Sealed,
	type SentFile,
	type Step,
} from '../../domain/store/step.ts';
import type {Chain} from '../../domain/store/store-index.ts';
import type {OffSite, OffSiteFile, Part, PartCopy} from '../../parts/part.ts';
import type {KnownObjects} from '../../ports/git.ts';
import type {SealedContent, SealedStore} from '../../ports/store.ts';
import type {SentMemory} from './sent.ts';

/** Everything that the sending of one part needs. */
export type PartSending = {
	readonly store: SealedStore;
	readonly memory: SentMemory;
	/** Milliseconds after which it is sent whole again. */
	readonly fullAfter: number;
	/** Names this work. */
	readonly sending: string;
	/** Title of the source. */
	readonly source: string;
	/** Milliseconds since 1970. */
	readonly now: number;
	readonly copy: PartCopy;
	/** Absolute path of a file for what is on its way, which is not there. Its folder is. */
	readonly workFile: string;
	/** Asks the store, again if the failure may pass. */
	readonly retry: <Result>(act: () => Promise<Result>) => Promise<Result>;
	/** Its folder in the store. */
	readonly id: string;
	readonly record: RepositoryRecord;
	readonly part: Part;
	/** Digest of the entry: it is remembered as sent. */
	readonly digest: string;
	/** Everything that the store has of it, as far as this folder remembers. */
	readonly chain: Chain | undefined;
	/** Is the store the only place that keeps it? */
	readonly isStateless: boolean;
};

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
	const {chain, id, record, digest} = work;
	const before = chain && (await readBefore(work, chain));
	const isFull = before === undefined || (await isSentWhole(work));
	const state = await readState(work, offSite);
	const news = findNews(state, before, {isFull, historyRef: offSite.historyRef});
	if (chain !== undefined && !isFull && isNothing(work, news, state, before)) {
		return {chain: {...chain, entry: digest}, bytes: 0};
	}

	const bundle = await sendBundle(work, news);
	const files = new Map((before?.files ?? []).map((file) => [file.path, file]));
	const added: SentFile[] = [];
	for (const file of news.files) {
		const sent = {path: file.path, object: await sendFile(work, file)};
		files.set(file.path, sent);
		added.push(sent);
	}

	const all = state.files.flatMap(({path}) => files.get(path) ?? []);
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
		isUpstream: work.isStateless && state.refs !== undefined,
		shallow: state.shallow,
		files: isFull ? all : added,
		without: news.without,
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

/** Undefined where two folders sent the same part, and where the memory is lost. */
const readBefore = async (
	{memory, id, isStateless}: PartSending,
	{heads}: Chain,
): Promise<Step | undefined> => {
	if (isStateless) {
		const step = await readNewest(memory, id, heads);
		return step?.refs === undefined ? step : {...step, refs: upstreamOf(step.refs)};
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

/** Of a hollow mirror, only what is new is here. A clone that took its place is sent as it came. */
const isSentWhole = async (work: PartSending): Promise<boolean> => {
	const {chain, copy, part, isStateless} = work;
	return isStateless
		? !(await copy.git.isHollow(joinPath(copy.folder, part.name)))
		: isFullDue(chain, work);
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
};

const readState = async (work: PartSending, offSite: OffSite): Promise<State> => {
	const {copy, part, isStateless} = work;
	const files = (await offSite.listFiles(copy)).filter(({path}) => isSendable(path));
	if (offSite.historyRef === undefined) {
		return {head: undefined, refs: undefined, shallow: [], files};
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
		...(isStateless ? ofUpstream(work, head, upstreamOf(refs)) : {head, refs}),
		shallow: (shallow ?? '').split('\n').filter((line) => line !== ''),
		files,
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
	readonly without: readonly string[];
};

const findNews = (
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
		without: isFull ? [] : [...sentFiles.keys()].filter((path) => !paths.has(path)),
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
	{part, record}: PartSending,
	{tips, files, without}: News,
	{refs, head}: State,
	before: Step | undefined,
): boolean =>
	tips.size + files.length + without.length === 0 &&
	before !== undefined &&
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
				store.sealInto(file, content, copy.signal),
			);
};

const sendFile = async (work: PartSending, {path, sha256}: OffSiteFile): Promise<Sealed> => {
	const {copy, part, store} = work;
	const file = joinPath(copy.folder, path);
	return sendThrough(
		work,
		fileName(work.sending, part.name, sha256, store.suffix),
		async (target) => {
			const sealed = await store.sealInto(target, {file}, copy.signal);
			if (sealed.plain !== sha256) {
				const detail = `${path} is not the file that it should be`;
				throw new FailureError({kind: 'mirror-unusable', path: copy.folder, detail});
			}

			return sealed;
		},
	);
};

/** Seals all of it first: all hashes of an object have to be known before it is sent. */
const sendThrough = async (
	work: PartSending,
	name: string,
	seal: (file: string) => Promise<SealedContent>,
): Promise<Sealed> => {
	const {copy, workFile} = work;
	try {
		const body = await seal(workFile);
		await put(work, name, body);
		const {size, sha256, md5, plain} = body;
		return {name, size, sha256, md5, plain};
	} finally {
		await copy.files.remove(workFile);
	}
};

/** Only this run uses its names, so one that is taken has the content of something else. */
const put = async (
	{store, retry, id, copy}: PartSending,
	name: string,
	body: SealedContent,
): Promise<void> => {
	const path = `${folderOf(id)}${name}`;
	if ((await retry(() => store.put(path, body, copy.signal))) === 'exists') {
		const detail = 'another object has its name';
		throw new FailureError({kind: 'object-damaged', store: store.title, name: path, detail});
	}
};
