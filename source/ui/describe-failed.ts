import type {Failure} from '../domain/failure/failure.ts';
import {describeFailure} from '../domain/failure/failure-table.ts';
import {toPrintable} from '../domain/text/printable-text.ts';

/** The failure, the number of tries, and the last good copy, on one line. */
export const describeFailed = (
	{failure, attempts}: {readonly failure: Failure; readonly attempts: number},
	lastGood: string | undefined,
): string => {
	const tried = attempts > 1 ? `, ${attempts} tries` : '';
	return `${reasonOf(failure)}${tried}; ${describeLeft(failure, lastGood)}`;
};

/** Failures that hide the record, and with it the date of the last good copy. */
const unread: ReadonlySet<Failure['kind']> = new Set([
	'record-unreadable',
	'record-newer',
	'repository-linked',
]);

const describeLeft = ({kind}: Failure, lastGood: string | undefined): string => {
	if (lastGood !== undefined) {
		return `last good copy ${lastGood}`;
	}

	return unread.has(kind) ? 'its backup stays as it is; its age is unknown' : 'no good copy yet';
};

/** The failure as a part of a sentence. */
export const reasonOf = (failure: Failure): string => toPrintable(describeFailure(failure).what);

export const adviceOf = (failure: Failure): string => toPrintable(describeFailure(failure).advice);

/** Two lines about a saved repository that cannot be read. */
export const formatUnreadable = (repository: string, failure: Failure): string =>
	`${toPrintable(repository)}: ${reasonOf(failure)}.\n${adviceOf(failure)}\n`;
