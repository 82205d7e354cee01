import type {Outcome} from '../../domain/run/outcome.ts';
import {AttemptsError} from '../retry/attempt.ts';
import type {SourceRun} from '../session.ts';
import {judgeFailure} from './judge-failure.ts';

/** An interruption leaves a repository for next time; everything else is its own failure. */
export const outcomeOf = async (
	error: unknown,
	source: SourceRun,
	lastGood: string | undefined,
): Promise<Outcome> => {
	if (source.signal.aborted) {
		return {result: 'left-out'};
	}

	const attempts = error instanceof AttemptsError ? error.attempts : 1;
	return {result: 'failed', failure: await judgeFailure(error, source), attempts, lastGood};
};
