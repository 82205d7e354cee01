import type {Failure} from '../failure/failure.ts';

/** How the fetching of a source out of a store ended. */
export type FetchEnd = {
	readonly source: string;
	/**
	 * Repositories that were fetched, and those that were there from an earlier fetch. What is saved of
	 * the workspace itself is not counted.
	 */
	readonly fetched: number;
	readonly there: number;
	/** Why a repository could not be brought back, by its full name. */
	readonly failed: ReadonlyMap<string, Failure>;
	/** Objects of the others for lack of which states before the newest did not come back. */
	readonly lost: readonly {readonly repository: string; readonly failure: Failure}[];
	/** Newest index objects that could not be read: earlier ones took their place. */
	readonly unread: readonly Failure[];
};

/** Something that is wrong with a repository in a store. */
export type StoreFinding = {
	readonly repository: string;
	readonly failure: Failure;
	/** It only concerns states before the last full one. */
	readonly isOld: boolean;
};

/** Everything that verify found of a source in a store. */
export type StoreVerdict = {
	readonly source: string;
	readonly repositories: number;
	/** States that were looked at, and objects that they name. */
	readonly steps: number;
	readonly objects: number;
	readonly findings: readonly StoreFinding[];
	/** Newest index objects that could not be read: earlier ones took their place. */
	readonly unread: readonly Failure[];
	/** Of the newest objects, since locks end. Left out where a store has no locks or does not tell. */
	readonly locks?: {readonly asked: number; readonly locked: number};
};

/** A rule of the store may remove what is old. Anything else that happened to it is damage. */
const isRemoved = ({failure}: {readonly failure: Failure}): boolean =>
	failure.kind === 'object-missing';

/** Did everything come back, but for old states that were removed from the store? */
export const isFetchedWhole = ({failed, lost, unread}: FetchEnd): boolean =>
	failed.size + unread.length === 0 && lost.every(isRemoved);

/** Is everything there and undamaged, but for old states that were removed? */
export const isStoredWhole = ({findings, unread}: StoreVerdict): boolean =>
	unread.length === 0 && findings.every((one) => one.isOld && isRemoved(one));
