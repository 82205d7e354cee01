import type {Failure} from '../domain/failure/failure.ts';
import type {Elsewhere} from '../domain/plan/plan.ts';
import type {SavedRepository} from '../domain/record/record.ts';
import type {KeptFiles} from '../parts/part.ts';

/**
 * Keeps a source somewhere else than in its folder, which is there for one run alone: it gets the
 * records at the beginning, and what a repository's saving brings for as long as that takes. Every
 * method throws a `FailureError`.
 */
export type Keeper = {
	/** Fills the folder, which this run holds, with the records and with the list of runs. */
	open(): Promise<void>;
	/** Counts the repositories in scope that other shards keep, as far as a listing knows them. */
	countElsewhere(
		isListed: (uuid: string) => boolean,
		isInScope: (slug: string) => boolean,
	): Promise<Elsewhere>;
	/**
	 * Lays out all that the saving of a known repository builds on. `wanted`: a part that is to be here
	 * whole. Gives the failure if that one cannot be read: it then begins anew.
	 */
	lend(saved: SavedRepository, wanted?: string): Promise<Failure | undefined>;
	/** The files of a part of a repository that is being saved. `id`: the repository's uuid. */
	filesOf(kept: {readonly id: string; readonly folder: string; readonly part: string}): KeptFiles;
	/** Takes over a repository as far as it is saved and recorded. Its folder stays for the rest. */
	takeSoFar(saved: SavedRepository): Promise<void>;
	/**
	 * Takes over a repository that was just saved, and clears its folder. `before`: as it was recorded.
	 * If that fails, this record lies there again.
	 */
	take(saved: SavedRepository, before: SavedRepository | undefined): Promise<void>;
	/** Makes what was taken over count before a wait of so many milliseconds, if that is long. */
	checkpoint(wait: number): Promise<void>;
	/** Repositories of which something was taken over that does not count yet. */
	countOpen(): number;
	/**
	 * Makes everything count that was taken over, with the run's own line. Unless it is the last of the
	 * run, only where anything was.
	 */
	settle(end: {readonly isComplete: boolean; readonly isLast: boolean}): Promise<void>;
};
