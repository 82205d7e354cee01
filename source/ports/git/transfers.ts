import type {Advertisement, Refs} from '../../domain/plan/repository.ts';
import type {Progress} from '../../domain/run/events.ts';

export type TransferOptions = {
	readonly signal: AbortSignal;
	/**
	 * Undefined where nobody watches. Then git is not asked to tell: a hundred lines a repository cost
	 * as much as a small one's whole transfer.
	 */
	readonly onProgress: ((progress: Progress) => void) | undefined;
};

/** A new mirror. */
export type Cloned = {
	/** Bytes of its packs. */
	readonly received: number;
	/** Its branches and tags. */
	readonly refs: Refs;
};

/** What crosses the network with a source's credential. `mirror` is the absolute path of a bare repository. */
export interface GitTransfers {
	/** Asks the remote with git itself, where the plain advertisement could not be read. */
	readRemoteRefs(url: string, signal: AbortSignal): Promise<Advertisement>;

	/**
	 * A new mirror with Cistern's configuration and all of upstream's branches and tags, in a folder
	 * that does not exist yet.
	 */
	cloneEverything(mirror: string, url: string, options: TransferOptions): Promise<Cloned>;

	/**
	 * Brings the objects behind `refs` and what they reach, and moves no ref. Asks by object id;
	 * a server that refuses that is asked by name. Gives the bytes of the packs that came.
	 */
	fetchObjects(mirror: string, url: string, refs: Refs, options: TransferOptions): Promise<number>;
}
