import type {BackupEvent} from '../domain/run/events.ts';

/**
 * Shows a run, a restore or the like to somebody. `handle` never throws and never waits; `close`
 * gives the terminal back and says what is left to say. Nothing else writes to the terminal in
 * between.
 */
export type View<Event = BackupEvent> = {
	handle(event: Event): void;
	close(): Promise<void>;
};
