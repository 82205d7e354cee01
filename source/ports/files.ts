/** Held until it is released, or until a later run finds that its process has ended. */
export type FolderLock = {release(): Promise<void>};

type LockHolder = {
	readonly pid: number;
	readonly host: string;
	/** RFC 3339. */
	readonly since: string;
	/** False: its process cannot be seen from here, as on another machine. It may have ended. */
	readonly isVisible: boolean;
};

/** Another version of Cistern may write its claim in a form that this one does not know. */
export type OtherHolder = LockHolder | 'another-version';

/** Files below the backup folder. Paths are absolute. Throws `disk-full` and `folder-unusable`. */
export interface Files {
	/** Creates a folder and its parents with mode 0700. */
	makeFolder(path: string): Promise<void>;

	/** Names of the folders in a folder; none when it does not exist. */
	listFolders(path: string): Promise<readonly string[]>;

	exists(path: string): Promise<boolean>;

	/** Undefined when there is no such file. Throws for a symbolic link. */
	readText(path: string): Promise<string | undefined>;

	/** Mode 0600, synced, renamed into place: after a kill the file is the old or the new one. */
	writeText(path: string, text: string): Promise<void>;

	/** Mode 0600. A power cut may take the file, or cut it short. */
	writeUnsynced(path: string, text: string): Promise<void>;

	/**
	 * Like `writeText` with mode 0644, for another program of this computer to read. Not synced: the
	 * next run writes it again.
	 */
	publishText(path: string, text: string): Promise<void>;

	/** Names of the files in a folder; none when it does not exist. */
	listFiles(path: string): Promise<readonly string[]>;

	/**
	 * Names of the symbolic links in a folder, wherever they lead; with `below` the paths of those in
	 * its folders too. None when it does not exist.
	 */
	listLinks(path: string, reach: 'here' | 'below'): Promise<readonly string[]>;

	/** Adds text to a file that nothing depends on, such as a log. Not synced. */
	appendText(path: string, text: string): Promise<void>;

	/** Adds a line to a file, synced. First ends the last line if a kill cut it short. */
	appendLine(path: string, line: string): Promise<void>;

	/** Makes a folder with all its content survive a power cut. */
	syncAll(path: string): Promise<void>;

	/**
	 * SHA-256 of a file's content, hex. Undefined if there is no such file, or the disk cannot read it.
	 * Follows no link.
	 */
	readSha256(path: string): Promise<string | undefined>;

	/** Copies a file. `to` must not exist; it gets mode 0600. */
	copy(from: string, to: string): Promise<void>;

	/** `to` must not exist. Synced. */
	move(from: string, to: string): Promise<void>;

	/**
	 * Moves the entries of a folder into another, one by one, `last` at the end, and removes the
	 * folder. May be called again after it was stopped. Never replaces an entry.
	 */
	moveContent(from: string, to: string, last: string): Promise<void>;

	/** Removes a file, or a folder with all its content. Does nothing when there is none. */
	remove(path: string): Promise<void>;

	/** The same path with its links followed, as far as it exists. */
	followLinks(path: string): Promise<string>;

	/** True when the path does not exist, and for an empty folder. */
	isVacant(path: string): Promise<boolean>;

	/** Bytes of all files in a folder, without the folder `except` in it. */
	measure(path: string, except?: string): Promise<number>;

	/** Bytes that this user may still write to the path's file system. */
	readFreeSpace(path: string): Promise<number>;

	/**
	 * Makes this run the only one to work in `folder`. Gives the lock, or its holder. Takes the lock
	 * over when the holder's process has ended, or has shown no sign of life for half an hour. The git
	 * processes of the old run are ended first.
	 */
	lock(folder: string, run: string): Promise<FolderLock | {heldBy: OtherHolder}>;

	/** Does this run still hold the folder? */
	isLockedBy(folder: string, run: string): Promise<boolean>;
}
