import {type ExitCode, exitCodes, worstExitCode} from '../failure/exit-code.ts';
import type {Failure} from '../failure/failure.ts';
import {exitCodeOf} from '../failure/failure-table.ts';

/** How what is saved of a repository stands to what upstream has now. */
export type Compared =
	| {readonly state: 'as-upstream'}
	/** Upstream went on since the last backup. No damage. */
	| {readonly state: 'behind'}
	| {readonly state: 'not-saved'}
	| {readonly state: 'failed'; readonly failure: Failure};

/** How the rehearsal of a repository's restore ended. */
export type Rehearsed =
	| {readonly state: 'equal'; readonly refs: number}
	/** The restored repository is not what was recorded. */
	| {readonly state: 'different'; readonly detail: string}
	| {readonly state: 'failed'; readonly failure: Failure};

/** The exit code that these results alone would give. */
export const proofExitCode = (results: readonly (Compared | Rehearsed)[]): ExitCode =>
	worstExitCode(
		results.map((result) => {
			switch (result.state) {
				case 'as-upstream':
				case 'equal':
					return exitCodes.done;
				case 'failed':
					return exitCodeOf(result.failure);
				default:
					return exitCodes.incomplete;
			}
		}),
	);
