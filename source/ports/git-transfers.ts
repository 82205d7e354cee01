import type {Advertisement, Refs} from '../domain/plan/repository.ts';
import type {Progress} from '../domain/run/events.ts';

export type TransferOptions = {
	readonly signal: AbortSignal;
	/**
	 * Undefined when progress is not shown. git is then not asked for it: a hundred lines a
	 * repository cost as much as the whole transfer of a small one.
	 */
	readonly onProgress: ((progress: Progress) => void) | undefined;
};

export type FetchOptions = TransferOptions & {
	/** Called when git makes the transfer by itself, because only it may understand the server. */
	readonly onFallBack: (reason: string) => void;
};

/** Upstream's state of one moment. */
export type Upstream = Pick<Advertisement, 'refs' | 'head'>;

/** Objects that came. */
export type Fetched = {
	/** Bytes of their packs. */
	readonly received: number;
	/** Refs whose new tip was seen to descend from the old one. Others may do so too. */
	readonly forwarded: ReadonlySet<string>;
};

/** Transfers over the network with a source's credential. */
export interface GitTransfers {
	/** Asks the remote with git itself. Used when the plain advertisement could not be read. */
	readRemoteRefs(url: string, signal: AbortSignal): Promise<Advertisement>;

	/**
	 * Makes a mirror with Cistern's configuration and everything that this state of upstream reaches.
	 * The folder must not exist yet. `beginHistory` writes its refs. Gives the bytes of its packs. Only
	 * these are synced.
	 */
	cloneEverything(
		mirror: string,
		url: string,
		upstream: Upstream,
		options: FetchOptions,
	): Promise<number>;

	/**
	 * Brings the objects that `refs` point to, with all that they reach, and moves no ref. `here`: the
	 * mirror's own refs. No git, not even one that a user types, removes what came before `pack` is
	 * called.
	 */
	fetchObjects(
		mirror: string,
		url: string,
		refs: Refs,
		here: Refs,
		options: FetchOptions,
	): Promise<Fetched>;
}

/**
 * Hollow mirrors: the refs of a state whose objects lie somewhere else. Only what is new comes here.
 * `makeBundle` of a hollow mirror gives what came, on top of the commits that upstream knew.
 */
export interface GitHollowMirrors {
	/**
	 * Makes a hollow mirror; the folder must not exist yet. `isDueWhole`: only an ordinary clone is to
	 * take its place. Not synced.
	 */
	createHollowMirror(
		mirror: string,
		state: {readonly head: string | undefined; readonly refs: Refs},
		isDueWhole: boolean,
	): Promise<void>;

	isHollow(mirror: string): Promise<boolean>;

	/**
	 * Brings the objects that `refs` reach and the branches of `here`, the mirror's own refs, do not. They
	 * are compared with their ids, and need no other objects to be read. Moves no ref. That upstream left
	 * out nothing but what those branches reach, cannot be seen without them. Undefined if only an ordinary
	 * clone can bring it.
	 */
	fetchNews(
		mirror: string,
		url: string,
		refs: Refs,
		here: Refs,
		options: FetchOptions,
	): Promise<Fetched | undefined>;
}
