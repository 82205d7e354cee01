import type {HistoryEntry, HistoryLogEntry, RecordedHistory} from '../../domain/history/history.ts';
import type {KeptCommit, KeptState} from '../../domain/history/kept-state.ts';

/** What a mirror knows of its own past: its history, and the old states that it keeps. `mirror` is the absolute path of a bare repository. */
export interface GitHistory {
	/** The last commit of the mirror's own history with the refs it recorded, or undefined. */
	readLastHistory(mirror: string): Promise<RecordedHistory | undefined>;

	/** All commits of the mirror's own history, the newest first. */
	readHistoryLog(mirror: string): Promise<readonly HistoryLogEntry[]>;

	/** The refs that a commit of the history recorded. */
	readHistoryRefs(mirror: string, oid: string): Promise<string>;

	/**
	 * Writes an entry's objects and gives it as it is recorded: its date may be later than it says.
	 * Moves no ref. No process.
	 */
	writeHistory(
		mirror: string,
		entry: HistoryEntry,
		parent: RecordedHistory | undefined,
	): Promise<RecordedHistory>;

	/**
	 * Writes the first entry of a new mirror's history, and the ref that holds it, both at once: only
	 * for a mirror that does not count before all of it is there. No process.
	 */
	beginHistory(mirror: string, entry: HistoryEntry): Promise<void>;

	/** What the refs below `refs/cistern/kept/` hold, and nothing of upstream's does. */
	readKept(mirror: string): Promise<KeptState>;

	/** The commits with these ids, in this order. */
	readCommits(mirror: string, oids: readonly string[]): Promise<readonly KeptCommit[]>;
}
