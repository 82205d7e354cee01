import type {Failure} from '../domain/failure/failure.ts';
import type {LfsObject, LfsPointer} from '../domain/lfs/pointer.ts';

/**
 * LFS files: large files that lie beside a repository, where git holds only pointers to them. A
 * mirror keeps them where git-lfs looks for them, in `lfs/objects/aa/bb/<oid>`. In `Git`: pointers,
 * store, restoring and pushing. In `Bitbucket`: the server.
 */

export type FoundPointer = LfsPointer & {
	/** The id of the pointer itself, a blob in git. */
	readonly blob: string;
	/** One of its paths. Undefined where the search does not tell it. */
	readonly path: string | undefined;
};

export type PointerSearch =
	/** Every object of the mirror: the quickest search of a fresh clone. Tells no paths. */
	| {readonly of: 'objects'}
	/** Everything that any ref reaches. */
	| {readonly of: 'refs'}
	/**
	 * The files of every commit that is here, as far as they are: also of a mirror without refs, and of a
	 * hollow one. Tells paths.
	 */
	| {readonly of: 'commits'}
	/**
	 * Everything that `tips` reach and `known` do not, and perhaps more that came with it. Passes over
	 * ids whose object is not there. May tell no paths.
	 */
	| {
			readonly of: 'tips';
			readonly tips: readonly string[];
			/** The tips that are known to be commits, and no files. */
			readonly commits: readonly string[];
			readonly known: readonly string[];
	  };

export type LfsCommit = {
	readonly oid: string;
	/** RFC 3339. */
	readonly at: string;
};

/** Reading pointers and what belongs to them out of a repository, with git alone. */
export interface LfsPointers {
	/**
	 * The pointers of a repository as git finds them, wherever they lie and whatever the attributes
	 * say. Keeps none: two may name one file, with different sizes. Throws `mirror-unusable`.
	 */
	findPointers(
		mirror: string,
		search: PointerSearch,
		signal: AbortSignal,
	): AsyncIterable<FoundPointer>;

	/** The newest commit that has this blob. Takes up to half a second in a large history. */
	findCommitWith(mirror: string, blob: string, signal: AbortSignal): Promise<LfsCommit | undefined>;

	/** The LFS servers that the default branch's `.lfsconfig` names. They are never asked. */
	readLfsServers(mirror: string): Promise<readonly string[]>;
}

/** The contents of a mirror's `lfs/`. */
export type LfsInventory = {
	/** Size in bytes by id. Their content is not looked at. */
	readonly objects: ReadonlyMap<string, number>;
	/** Paths below the mirror of links, and of files that neither Cistern nor git-lfs made there. */
	readonly strays: readonly string[];
	/** Paths below the mirror of downloads that were not finished. */
	readonly parts: readonly string[];
};

/** A mirror's own LFS files. A file in the store has the content that its name says. */
export interface LfsStore {
	/** Follows no link. */
	listLfs(mirror: string): Promise<LfsInventory>;

	/**
	 * The ones that are not in the store. A file of another size than the pointer says is read, and is
	 * lacking unless its content is right. For a few it is quicker than a list.
	 */
	findLacking(mirror: string, wanted: readonly LfsObject[]): Promise<readonly LfsObject[]>;

	/**
	 * Reads these files, several at once, and gives the ids of those whose content is another one, or
	 * that cannot be read or are no files. `onBytes` gets the bytes that were just read.
	 */
	findDamagedLfs(
		mirror: string,
		oids: Iterable<string>,
		options: {readonly signal: AbortSignal; readonly onBytes?: (bytes: number) => void},
	): Promise<readonly string[]>;

	/**
	 * Moves damaged files to `lfs/replaced/`, so that they are fetched again. Passes over ids that are
	 * not there.
	 */
	setAsideLfs(mirror: string, oids: Iterable<string>): Promise<void>;

	/**
	 * Takes over files of another mirror of the same repository, such as one that was set aside, as
	 * links or copies. Reads each first and leaves damaged ones. Gives those that it took.
	 */
	takeOverLfs(
		mirror: string,
		other: string,
		wanted: readonly LfsObject[],
		signal: AbortSignal,
	): Promise<readonly LfsObject[]>;

	/** Keeps a stray `git lfs prune` from the files. Filling the store does it too. */
	guardLfs(mirror: string): Promise<void>;

	/** Removes unfinished downloads. For a mirror that lacks nothing. */
	removeLfsParts(mirror: string): Promise<void>;
}

/** How the fetching of one file ended. */
export type LfsFetched = {readonly object: LfsObject} & (
	| {readonly result: 'stored'}
	/** The server says that it does not have it, which is not always true. `words`: its own, or none. */
	| {readonly result: 'not-upstream'; readonly words: string}
	/** Twice another content came. `detail` says which. */
	| {readonly result: 'not-as-named'; readonly detail: string}
	/** It was not asked for: it is larger than these bytes that the disk has left. */
	| {readonly result: 'no-room'; readonly free: number}
	| {readonly result: 'failed'; readonly failure: Failure}
);

export type LfsFetchOptions = {
	readonly signal: AbortSignal;
	/** Makes a request through the gate of `host`, again if the failure may pass. */
	readonly retry: <Result>(host: string, act: () => Promise<Result>) => Promise<Result>;
	/** Bytes that are free for this fetch. */
	readonly readFree: () => Promise<number>;
	/** Gets the bytes that have just come. */
	readonly onBytes?: (bytes: number) => void;
	/** Called with each file that is stored, before it has ended: until then few others come. */
	readonly onStored?: (object: LfsObject) => Promise<void>;
};

/** LFS by the batch API, with a source's credential. */
export interface LfsServer {
	/**
	 * Fetches files into a mirror's store, at most 8 at once for the whole source, and gives the end
	 * of each in the order in which they end. A file that is `stored` is on the disk under its name,
	 * also after a loss of power, once the iteration has ended. `url` is the repository's clone link,
	 * from `checkCloneUrl`. Parts of files stay, and the next fetch goes on with them.
	 *
	 * Refusals and lasting trouble of the server are `failed`; the rest is then not asked for and
	 * fails alike. Throws only what concerns this computer, and the signal's reason.
	 */
	fetchLfs(
		url: string,
		mirror: string,
		wanted: readonly LfsObject[],
		options: LfsFetchOptions,
	): AsyncIterable<LfsFetched>;
}

/** A file of a restored working copy that is still a pointer, or an object that was not copied. */
export type LfsUnrestored = LfsObject & {
	/** In the working copy; undefined in a bare repository and for old versions. */
	readonly path: string | undefined;
	/**
	 * `blocked`: a link or another file lies in the way of its path, or its pointer is one that git
	 * would not make of the content again: of an older form, with extensions, or with a wrong size.
	 */
	readonly why: 'missing' | 'damaged' | 'blocked';
};

export type LfsRestored = {
	/** Objects that were copied into the repository, old versions included, and their bytes. */
	readonly objects: number;
	readonly size: number;
	/** Files of the working copy that hold their content. */
	readonly files: number;
	readonly lacking: readonly LfsUnrestored[];
};

/** Bringing LFS files back. */
export interface LfsRestoring {
	/**
	 * Completes a repository that `restore` has just made of the mirror: copies the LFS files that its
	 * refs reach and, in a working copy, writes them in place of their pointers. `git status` is clean
	 * afterwards, with git-lfs and without. Proves each file that it writes.
	 */
	restoreLfs(
		mirror: string,
		target: string,
		as: 'bare' | 'working-copy',
		options: {readonly signal: AbortSignal; readonly onBytes?: (bytes: number) => void},
	): Promise<LfsRestored>;
}

export type LfsPushed =
	| {readonly result: 'pushed'}
	/** The user has no git-lfs. Nothing was pushed. */
	| {readonly result: 'no-git-lfs'}
	/** `words`: git-lfs's own. */
	| {readonly result: 'refused'; readonly words: string};
