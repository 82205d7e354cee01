import type {Refs} from '../../domain/plan/repository.ts';

/** What a restored repository is to hold. */
export type RestoredState = {
	readonly head: string | undefined;
	readonly refs: Refs;
	/** `bare`, or the address that a working copy's `origin` points to. */
	readonly as: 'bare' | {readonly origin: string | undefined};
};

/** A repository of its own out of a mirror. `mirror` is the absolute path of a bare repository. */
export interface GitRestoring {
	/**
	 * Makes a repository of its own in `target`, an empty folder: these branches and tags, this
	 * HEAD, and what they reach; nothing of Cistern's. With a work tree its default branch is
	 * checked out and `origin` is the given address; `checkout-refused` where a file's name could do
	 * harm there. Leaves what it has done so far when it fails.
	 */
	restore(mirror: string, target: string, state: RestoredState, signal: AbortSignal): Promise<void>;

	/** Are the files of a working copy those of its HEAD? Reads all of them. */
	isCheckedOut(folder: string): Promise<boolean>;
}
