import type {ExitCode} from '../failure/exit-code.ts';
import type {RestoredName} from '../restore/restored.ts';
import type {Compared, Rehearsed} from './proof.ts';
import type {RepositoryVerdict, SourceVerdict} from './verdict.ts';

/**
 * The contract between `cistern verify` and what shows it, in the manner of a run's events: facts,
 * plain JSON only, times RFC 3339, durations milliseconds.
 */
export type VerifyEvent =
	| {readonly type: 'noticed'; readonly source?: string; readonly text: string}
	| {
			readonly type: 'verify-started';
			readonly source: string;
			readonly folder: string;
			/** How many will be verified. */
			readonly repositories: number;
	  }
	| ({readonly type: 'verified'} & RepositoryVerdict)
	| ({readonly type: 'source-verified'} & SourceVerdict)
	| {
			readonly type: 'compared';
			readonly source: string;
			readonly repository: string;
			readonly compared: Compared;
	  }
	| ({
			readonly type: 'rehearsed';
			readonly rehearsed: Rehearsed;
	  } & RestoredName)
	| {readonly type: 'verify-finished'; readonly duration: number; readonly exitCode: ExitCode};
