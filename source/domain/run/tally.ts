import {type ExitCode, exitCodes, worstExitCode} from '../failure/exit-code.ts';
import type {Failure} from '../failure/failure.ts';
import type {Shrinkage} from './events.ts';
import {hasLost} from './mending.ts';
import type {Outcome} from './outcome.ts';

/** What a source's outcomes come to, counted as they arrive. */
export type Tally = {
	unchanged: number;
	updated: number;
	new: number;
	/** Bytes. */
	received: number;
	/** Bytes on the disk. */
	grown: number;
	readonly failed: {repository: string; failure: Failure}[];
	readonly leftOut: string[];
	readonly lfs: string[];
	/** Repositories of which something that was kept could not be rescued in this run. */
	readonly lost: string[];
};

export const newTally = (): Tally => ({
	unchanged: 0,
	updated: 0,
	new: 0,
	received: 0,
	grown: 0,
	failed: [],
	leftOut: [],
	lfs: [],
	lost: [],
});

export const countOutcome = (tally: Tally, repository: string, outcome: Outcome): void => {
	switch (outcome.result) {
		case 'unchanged':
			tally.unchanged += 1;
			break;
		case 'saved':
			tally[outcome.how === 'new' ? 'new' : 'updated'] += 1;
			tally.received += outcome.received;
			tally.grown += outcome.grown;
			if (outcome.mended?.some(hasLost) === true) {
				tally.lost.push(repository);
			}

			break;
		case 'failed':
			tally.failed.push({repository, failure: outcome.failure});
			break;
		case 'left-out':
			tally.leftOut.push(repository);
			break;
	}

	if ('usesLfs' in outcome && outcome.usesLfs) {
		tally.lfs.push(repository);
	}
};

/** Refused credentials, or credentials that lack what the work needs. */
export const isRefusal = (failure: Failure): boolean =>
	failure.kind === 'credentials-refused' || failure.kind === 'permission-missing';

/** The exit code that a failure alone would give. */
export const exitCodeOf = (failure: Failure): ExitCode => {
	if (isRefusal(failure)) {
		return exitCodes.refused;
	}

	switch (failure.kind) {
		case 'folder-locked':
		case 'folder-locked-by-version':
			return exitCodes.locked;
		case 'defect':
		case 'disk-full':
		case 'computer-limit':
		case 'folder-unusable':
		case 'git-unusable':
			return exitCodes.failed;
		default:
			return exitCodes.incomplete;
	}
};

export type SourceEnd = {
	readonly problem: Failure | undefined;
	readonly shrinkage: Shrinkage | undefined;
	readonly wasInterrupted: boolean;
	/** Does the source want to hear of LFS files that are not saved? */
	readonly reportsLfs: boolean;
};

/** The exit code that a source's result alone would give. */
export const exitCodeOfSource = (tally: Tally, end: SourceEnd): ExitCode => {
	const isIncomplete =
		tally.leftOut.length > 0 ||
		tally.lost.length > 0 ||
		end.shrinkage !== undefined ||
		(end.reportsLfs && tally.lfs.length > 0);
	return worstExitCode([
		isIncomplete ? exitCodes.incomplete : exitCodes.done,
		...tally.failed.map(({failure}) =>
			// One repository may refuse for reasons of its own; the source's credentials are its problem.
			isRefusal(failure) ? exitCodes.incomplete : exitCodeOf(failure),
		),
		end.problem === undefined ? exitCodes.done : exitCodeOf(end.problem),
		end.wasInterrupted ? exitCodes.interrupted : exitCodes.done,
	]);
};
