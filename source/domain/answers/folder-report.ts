/** A folder that backups can be saved to. */
export type FolderReport = {
	/** Absolute. */
	readonly path: string;
	/** Was it made just now? */
	readonly isNew: boolean;
	/** Bytes; undefined where nobody asked. */
	readonly freeSpace: number | undefined;
	/** Whose backup is in it; `other` is anything else. */
	readonly holds: 'nothing' | 'cistern' | 'scm-backup' | 'other';
	/** How many repositories an earlier backup left in it. */
	readonly repositories: number;
};
