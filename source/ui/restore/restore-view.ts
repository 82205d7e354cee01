import type {RestoreEvent} from '../../domain/restore/restore-events.ts';

/** Shows a restore to somebody; the same promise as a backup's `View`. */
export type RestoreView = {
	handle(event: RestoreEvent): void;
	close(): Promise<void>;
};
