import type {Failure} from '../domain/failure/failure.ts';
import {describeFailure} from '../domain/failure/failure-table.ts';
import {toPrintable} from '../domain/text/printable-text.ts';

/** What went wrong, how often it was tried, and what is left, on one line. */
export const describeFailed = (
	{failure, attempts}: {readonly failure: Failure; readonly attempts: number},
	lastGood: string | undefined,
): string => {
	const tried = attempts > 1 ? `, ${attempts} tries` : '';
	return `${reasonOf(failure)}${tried}; ${describeLeft(failure, lastGood)}`;
};

/** What hides the record that would tell. */
const unread: ReadonlySet<Failure['kind']> = new Set([
	'record-unreadable',
	'record-newer',
	'repository-linked',
]);

const describeLeft = ({kind}: Failure, lastGood: string | undefined): string => {
	if (lastGood !== undefined) {
		return `last good copy ${lastGood}`;
	}

	return unread.has(kind)
		? 'what is saved stays as it is, how old it is cannot be told'
		: 'no good copy yet';
};

/** What happened, as a part of a sentence. */
export const reasonOf = (failure: Failure): string => toPrintable(describeFailure(failure).what);

export const adviceOf = (failure: Failure): string => toPrintable(describeFailure(failure).advice);
