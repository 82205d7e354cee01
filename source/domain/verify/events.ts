import type {ExitCode} from '../failure/exit-code.ts';
import type {RestoredName} from '../restore/restored.ts';
import type {Compared, Rehearsed, RepositoryVerdict, SourceVerdict} from './verdict.ts';

/**
 * The events of `cistern verify`, for every view. Facts in the past tense, plain JSON only, times
 * RFC 3339, durations milliseconds.
 */
export type VerifyEvent =
	| {readonly type: 'noticed'; readonly source?: string; readonly text: string}
	| {
			readonly type: 'verify-started';
			readonly source: string;
			readonly folder: string;
			/** Number of repositories to verify. */
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
