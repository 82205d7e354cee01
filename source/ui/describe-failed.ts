import {describeFailure} from '../domain/failure/describe-failure.ts';
import type {Failure} from '../domain/failure/failure.ts';
import {toPrintable} from '../domain/text/printable-text.ts';

/** What went wrong, how often it was tried, and what is left, on one line. */
export const describeFailed = (
	{failure, attempts}: {readonly failure: Failure; readonly attempts: number},
	lastGood: string | undefined,
): string => {
	const tried = attempts > 1 ? `, ${attempts} tries` : '';
	const left = lastGood === undefined ? 'no good copy yet' : `last good copy ${lastGood}`;
	return `${reasonOf(failure)}${tried}; ${left}`;
};

/** What happened, as a part of a sentence. */
export const reasonOf = (failure: Failure): string => toPrintable(describeFailure(failure).what);

export const adviceOf = (failure: Failure): string => toPrintable(describeFailure(failure).advice);
