import type {BackupEvent} from '../domain/run/events.ts';

/**
 * Shows a run to somebody. `handle` never throws and never waits; `close` gives the terminal back
 * and says what is left to say. Nothing else writes to the terminal in between.
 */
export type View = {
	handle(event: BackupEvent): void;
	close(): Promise<void>;
};
