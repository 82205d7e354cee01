import type {Advertisement} from '../../domain/plan/repository.ts';
import type {MirrorRecord} from '../../domain/record/record.ts';
import type {Digest} from '../../domain/record/refs-digest.ts';
import type {Progress} from '../../domain/run/events.ts';
import type {Files} from '../../ports/files.ts';
import type {Git} from '../../ports/git.ts';
import type {Moved, NewState} from './keep-old-tips.ts';

export type MirrorTools = {readonly git: Git; readonly files: Files; readonly digest: Digest};

export type MirrorJob = {
	/** Absolute path of the mirror, which may not exist yet. */
	readonly mirror: string;
	/** The folder that it lies in; made when there is something to put into it. */
	readonly folder: string;
	/** An empty place on the same file system, where a new mirror is built. */
	readonly aside: string;
	readonly url: string;
	/** The default branch as the API names it, for a remote that does not tell its HEAD. */
	readonly mainBranch: string | undefined;
	/** Asks upstream once. */
	readonly readAdvertisement: () => Promise<Advertisement>;
	/** Does something with upstream through the host's gate, again where its failure may pass. */
	readonly patiently: <Result>(act: () => Promise<Result>) => Promise<Result>;
	/** Name of the run. */
	readonly run: string;
	/** Milliseconds since 1970. */
	readonly now: () => number;
	readonly signal: AbortSignal;
	/** Undefined where nobody watches. */
	readonly onProgress: ((progress: Progress) => void) | undefined;
};

export type SavedMirror = Moved & {
	/** `same`: nothing was done, since all is as it was recorded. */
	readonly how: 'cloned' | 'updated' | 'same';
	readonly record: MirrorRecord;
	/** Bytes. */
	readonly received: number;
	/** May the default branch hold other files than were recorded? */
	readonly hasNewTree: boolean;
};

/** HEAD as upstream tells it, or else as the API does. */
export const headOf = (
	advertisement: Advertisement,
	mainBranch: string | undefined,
): string | undefined =>
	advertisement.head ?? (mainBranch === undefined ? undefined : `refs/heads/${mainBranch}`);

/** Asks upstream for its state, once. */
export const askForState = async (job: MirrorJob): Promise<NewState> => {
	const advertisement = await job.readAdvertisement();
	const {refs} = advertisement;
	return {head: headOf(advertisement, job.mainBranch), refs, at: job.now()};
};
