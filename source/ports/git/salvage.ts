import type {HistoryEntry} from '../../domain/history/history.ts';
import type {Refs} from '../../domain/plan/repository.ts';

/** What can still be had from a damaged mirror. `mirror` is the absolute path of a bare repository. */
export interface GitSalvage {
	/** Makes `reader`, a new repository without refs, that reads a damaged mirror's objects. */
	borrowObjectsFrom(damaged: string, reader: string): Promise<void>;

	/** What can be read of a damaged mirror's refs, from its files alone. No process. */
	readDamagedTips(damaged: string): Promise<Refs>;

	/**
	 * Copies refs to objects that `reader` has, with all that they reach, into a mirror; every object
	 * is compared with its id. Gives the names of those that came over whole.
	 */
	copyRefs(
		reader: string,
		mirror: string,
		refs: Refs,
		signal: AbortSignal,
	): Promise<ReadonlySet<string>>;

	/** Commits and tags that no ref and no other object leads to. */
	findDangling(mirror: string): Promise<readonly string[]>;

	/** The one of these commits that is the last of a mirror's own history. */
	findHistory(mirror: string, oids: readonly string[]): Promise<string | undefined>;

	/** Those entries of a damaged history that can be read, the oldest first. */
	salvageHistory(reader: string, tip: string): Promise<readonly HistoryEntry[]>;
}
