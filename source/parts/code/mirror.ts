import {type Failure, FailureError} from '../../domain/failure/failure.ts';
import {headFile, isDetached} from '../../domain/history/history.ts';
import {fits, is} from '../../domain/json.ts';
import {dirtyFile, joinPath, lfsFolder} from '../../domain/plan/layout.ts';
import type {Advertisement} from '../../domain/plan/repository.ts';
import {
	isStamp,
	type MirrorStamp,
	type PartEntry,
	type RefsState,
	refsState,
	type SavedEntry,
	savedForm,
} from '../../domain/record/record.ts';
import {lostTips} from '../../domain/run/mending.ts';
import type {Files} from '../../ports/files.ts';
import type {Git} from '../../ports/git.ts';
import type {PartSaved, PartWork} from '../part.ts';
import {type NewState, repairPins} from './keep-old-tips.ts';

/** The entry of a part that is a bare git repository. */
export type MirrorEntry = SavedEntry & {
	readonly refs: RefsState;
	/** The stamp of the mirror's files when they were recorded. */
	readonly print: MirrorStamp;
	readonly keptTips: number;
	/** Upstream has commits without their parents. */
	readonly isShallow?: true;
};

/** Upstream's HEAD and refs, and the stamp of the mirror's files, undefined without a mirror. */
export type SeenMirror = {
	readonly refs: RefsState;
	/** Does upstream have refs that cannot be saved? */
	readonly hasRefused: boolean;
	readonly stamp: MirrorStamp | undefined;
	/** All of upstream's state, for a first copy. */
	readonly state: NewState | undefined;
};

const mirrorForm = {
	...savedForm,
	refs: is.objectOf({digest: is.text, count: is.number}),
	print: isStamp,
	keptTips: is.number,
};

export const isMirrorEntry = (json: unknown): json is MirrorEntry => fits(json, mirrorForm);

/** The entry of a mirror, if this part is a saved one. */
export const mirrorEntryOf = (entry: PartEntry | undefined): MirrorEntry | undefined =>
	isMirrorEntry(entry) ? entry : undefined;

/** One mirror, its address and all that is needed to work on it. */
export type MirrorJob = PartWork & {
	/** The name of the part: its folder's name and its word in JSON. */
	readonly name: string;
	/** Absolute path of the mirror, which may not exist yet. */
	readonly mirror: string;
	/** Absolute path at which a new mirror is built, on the same file system. */
	readonly draft: string;
	readonly url: string;
	/** The default branch as the API names it, for a remote that does not tell its HEAD. */
	readonly mainBranch: string | undefined;
	/** Asks upstream once. */
	readonly readAdvertisement: () => Promise<Advertisement>;
	/** Objects of old tips that are known to be lost. */
	readonly lost: ReadonlySet<string>;
};

export type SavedMirror = PartSaved<MirrorEntry> & {
	/** Refs whose old state only lives on below `refs/cistern/kept/`. */
	readonly kept: readonly string[];
};

export const openJob = (
	work: PartWork,
	remote: Pick<MirrorJob, 'name' | 'url' | 'mainBranch' | 'readAdvertisement'>,
): MirrorJob => ({
	...work,
	...remote,
	mirror: joinPath(work.folder, remote.name),
	draft: joinPath(work.workFolder, remote.name),
	lost: lostTips(work.saved?.record.losses ?? []),
});

/**
 * HEAD as upstream tells it, or else as the API does. A server that tells only HEAD's object may not
 * know how to tell its branch.
 */
const headOf = (
	{head, refs}: Advertisement,
	mainBranch: string | undefined,
): string | undefined => {
	const named = mainBranch === undefined ? undefined : `refs/heads/${mainBranch}`;
	return isDetached(head) && named !== undefined && refs.has(named) ? named : (head ?? named);
};

/** Asks upstream for its state, once. */
export const askForState = async (job: MirrorJob): Promise<NewState> => {
	const advertisement = await job.readAdvertisement();
	const {refs, refused} = advertisement;
	return {head: headOf(advertisement, job.mainBranch), refs, refused, at: job.clock.now()};
};

/**
 * The number of refs up to which a look keeps them for a first copy. All looks of a run are in
 * memory at once; a repository with more refs is asked for them again.
 */
const mostKeptRefs = 500;

/** Asks upstream, and looks at the mirror's files if it is a known one. */
export const lookAtMirror = async (
	job: MirrorJob,
	known: MirrorEntry | undefined,
	attempts?: number,
): Promise<SeenMirror> => {
	const state = await job.retry(() => askForState(job), attempts);
	const {head, refs, refused} = state;
	return {
		refs: refsState(head, refs, job.digest),
		hasRefused: refused.length > 0,
		stamp: known === undefined ? undefined : await readStampOf(job, known),
		state: known !== undefined || refs.size > mostKeptRefs ? undefined : state,
	};
};

/** A repository that lies in a store alone is as it was recorded. */
const readStampOf = async (
	{git, mirror, isStateless}: MirrorJob,
	{print}: MirrorEntry,
): Promise<MirrorStamp | undefined> => (isStateless ? print : git.readStamp(mirror));

/** The failure of a state that could not be saved whole. */
export const lackingOf = ({refused}: NewState): Failure | undefined =>
	refused.length === 0 ? undefined : {kind: 'ref-refused', names: refused};

/** Throws `mirror-unusable` without a mirror. */
export const readStamp = async (git: Git, mirror: string): Promise<MirrorStamp> => {
	const stamp = await git.readStamp(mirror);
	if (stamp === undefined) {
		throw new FailureError({kind: 'mirror-unusable', path: mirror, detail: 'it has no HEAD'});
	}

	return stamp;
};

/** The entry of a mirror that is in this state. */
export const describeMirror = async (
	{git, files, digest}: MirrorJob,
	mirror: string,
	state: NewState,
	keptTips: number,
): Promise<MirrorEntry> => ({
	state: 'saved',
	refs: refsState(state.head, state.refs, digest),
	print: await readStamp(git, mirror),
	changedAt: new Date(state.at).toISOString(),
	keptTips,
	size: await files.measure(mirror, lfsFolder),
	...((await isShallow(files, mirror)) ? {isShallow: true} : {}),
});

/** Cistern makes a shallow mirror only of an upstream that is shallow. */
export const isShallow = (files: Files, mirror: string): Promise<boolean> =>
	files.exists(joinPath(mirror, 'shallow'));

/** Points HEAD at a branch. Returns true if it named another one before. */
export const pointHead = async (
	git: Git,
	mirror: string,
	head: string | undefined,
): Promise<boolean> => {
	const stamp = await git.readStamp(mirror);
	if (head === undefined || stamp?.head === headFile(head)) {
		return false;
	}

	await git.setHead(mirror, head);
	return true;
};

/** Marks the mirror as one whose refs are being changed. `clearDirty` takes the mark away. */
export const markDirty = ({files, mirror, run}: MirrorJob): Promise<void> =>
	files.writeText(joinPath(mirror, dirtyFile), `${run.name}\n`);

export const clearDirty = ({files, mirror}: MirrorJob): Promise<void> =>
	files.remove(joinPath(mirror, dirtyFile));

/** Repairs a mirror whose run was killed while it changed refs. Returns true if one was. */
export const repairCut = async ({git, files, mirror, run}: MirrorJob): Promise<boolean> => {
	const wasCut = await files.exists(joinPath(mirror, dirtyFile));
	if (wasCut) {
		await git.clearStaleLocks(mirror);
		// Pack before reading: on some file systems a loose ref is read for one that differs in case.
		await git.pack(mirror);
		await repairPins(git, mirror, run.name);
	}

	return wasCut;
};
