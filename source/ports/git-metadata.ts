/** A file for the next commit: its text, or a file on the disk whose bytes are taken as they are. */
export type FileChange = {
	/** Below the root, of letters, digits and `-_./` alone (see `domain/metadata/paths.ts`). */
	readonly path: string;
} & ({readonly text: string} | {readonly file: string});

export type ImportOptions = {
	readonly message: string;
	/** Milliseconds since 1970. The commit's date is later where the commit before it is not earlier. */
	readonly at: number;
};

export type MetadataCommit = {
	readonly oid: string;
	/** Milliseconds since 1970, whole seconds; always later than the commit before. */
	readonly at: number;
};

/** A commit that changed a file which was there before. */
export type FileVersion = MetadataCommit & {
	readonly path: string;
	/** The ids of its content before and after. */
	readonly before: string;
	readonly after: string;
};

/**
 * The bare repository of JSON files that keeps metadata. Its one branch is `main`, and each commit is
 * the state of a moment, so the log of the branch is the mirror's history.
 */
export interface GitMetadata {
	/**
	 * Adds a commit with these files to `main` and gives its id. All or nothing: if it fails or is
	 * killed, the branch is as it was. Files that are not named stay. At most a file is held at a time.
	 */
	importFiles(
		mirror: string,
		files: Iterable<FileChange> | AsyncIterable<FileChange>,
		options: ImportOptions,
	): Promise<string>;

	/** The newest commit of `main`; undefined before the first. Starts no process. */
	readMetadataTip(mirror: string): Promise<string | undefined>;

	/** All commits of `main`, newest first. */
	readMetadataLog(mirror: string): Promise<readonly MetadataCommit[]>;

	/** Paths of the files below a folder as of a commit, sorted as text. None without the folder. */
	listFiles(mirror: string, commit: string, folder: string): AsyncIterable<string>;

	/**
	 * The texts of files in the order of their names, undefined where there is none or it has more than
	 * 100 MB. A name is the id of a file's content, or `COMMIT:path`. One process, and only a file is
	 * held at a time.
	 */
	readTexts(mirror: string, names: Iterable<string>): AsyncIterable<string | undefined>;

	/** The changes of files below `path` up to a commit, newest first. */
	listVersions(mirror: string, commit: string, path: string): AsyncIterable<FileVersion>;
}
