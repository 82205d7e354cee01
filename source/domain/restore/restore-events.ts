import type {ExitCode} from '../failure/exit-code.ts';
import type {Progress} from '../run/events.ts';
import type {RestoredName, RestoredRepository} from './restored.ts';

/** What a restore tells everything that shows it. Facts in the past tense, plain JSON only. */
export type RestoreEvent =
	| {
			readonly type: 'restore-started';
			/** RFC 3339. */
			readonly at: string;
			readonly version: string;
			/** Everything that is to be brought back. */
			readonly plan: readonly RestoredName[];
			/** A folder, an address, or the pattern of addresses. */
			readonly to: string;
			/** The moment that was asked for, RFC 3339. */
			readonly asOf: string | undefined;
	  }
	| ({readonly type: 'restoring'} & RestoredName)
	| ({readonly type: 'restore-progressed'; readonly progress: Progress} & RestoredName)
	/** Exactly one for each, unless the restore was interrupted. */
	| ({readonly type: 'restore-ended'} & RestoredRepository)
	| {
			readonly type: 'restore-finished';
			readonly at: string;
			/** Milliseconds. */
			readonly duration: number;
			readonly exitCode: ExitCode;
	  };
