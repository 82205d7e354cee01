/** Held until released; a crash releases it too, as the next one finds out. */
export type FolderLock = {release(): Promise<void>};

export type LockHolder = {
	readonly pid: number;
	readonly host: string;
	/** RFC 3339. */
	readonly since: string;
	/** False: it may be dead, but that cannot be seen from here, as on another machine. */
	readonly isVisible: boolean;
};

/** Another version of Cistern may say who it is in a form that this one does not know. */
export type OtherHolder = LockHolder | 'another-version';

/** Files below the backup folder. Paths are absolute. Throws `disk-full` and `folder-unusable`. */
export interface Files {
	/** Creates a folder and its parents with mode 0700. */
	makeFolder(path: string): Promise<void>;

	/** Names of the folders in a folder; none where it does not exist. */
	listFolders(path: string): Promise<readonly string[]>;

	exists(path: string): Promise<boolean>;

	/** Undefined where there is no such file. A symbolic link is not followed: it throws. */
	readText(path: string): Promise<string | undefined>;

	/** Beside, synced, renamed into place, mode 0600: after a kill the file is the old or the new one. */
	writeText(path: string, text: string): Promise<void>;

	/** Names of the files in a folder; none where it does not exist. */
	listFiles(path: string): Promise<readonly string[]>;

	/**
	 * Names of the symbolic links in a folder, wherever they lead; with `below` the paths of all that
	 * lie in it and in its folders. None where it does not exist.
	 */
	listLinks(path: string, reach: 'here' | 'below'): Promise<readonly string[]>;

	/** Adds text to a file that nothing depends on, a log: not synced. */
	appendText(path: string, text: string): Promise<void>;

	/** Adds a line to a file, synced. A last line that a kill cut short is completed first. */
	appendLine(path: string, line: string): Promise<void>;

	/** Within one file system; `to` must not exist. Synced. */
	move(from: string, to: string): Promise<void>;

	/**
	 * Moves what lies in a folder into another, one by one, `last` at the end, and removes the folder.
	 * Goes on where it was stopped. What is there already is never replaced.
	 */
	moveContent(from: string, to: string, last: string): Promise<void>;

	/** With everything in it; nothing happens where there is nothing. */
	remove(path: string): Promise<void>;

	/** The same path with its links followed, as far as there is anything. */
	followLinks(path: string): Promise<string>;

	/** Is there nothing at all, or a folder with nothing in it? */
	isVacant(path: string): Promise<boolean>;

	/** Bytes of all files in it. */
	measure(path: string): Promise<number>;

	/** Bytes that this user may still write on the path's file system. */
	readFreeSpace(path: string): Promise<number>;

	/**
	 * Makes the holder the only one to work in `folder`. Gives the lock, or who holds it. A holder
	 * that is known to have died is taken over at once, git processes it left behind ended first.
	 */
	lock(folder: string, run: string): Promise<FolderLock | {heldBy: OtherHolder}>;

	/** Does this run still hold the folder? */
	isLockedBy(folder: string, run: string): Promise<boolean>;
}
