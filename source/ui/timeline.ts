import type {TakenAway} from '../domain/history/timeline.ts';
import {formatCount, formatNumber, formatRef} from '../domain/text/format.ts';
import {toPrintable} from '../domain/text/printable-text.ts';
import {alignRows, describeTips, type HistoryOptions, type Row, restoreCommand} from './history.ts';
import {formatJsonLine} from './json/json.ts';
import {layOut, showDay, showTime} from './text/layout.ts';

/**
 * For a person: what upstream took away from `since` on (RFC 3339), newest first, each with the
 * command that brings it back.
 */
export const formatTimeline = (
	taken: readonly TakenAway[],
	since: string,
	options: HistoryOptions,
): string => {
	const when = showDay(since, options);
	const lines =
		taken.length === 0
			? layOut(2, `Bitbucket took nothing away since ${when}.`, options)
			: [
					...layOut(2, `Taken away on Bitbucket since ${when}, and kept here:`, options),
					'',
					...describeTaken(taken, options),
				];
	return `${lines.join('\n')}\n`;
};

/** For a program: a line for each. */
export const formatTimelineJson = (taken: readonly TakenAway[], from: string | undefined): string =>
	taken
		.map((one) =>
			formatJsonLine({type: 'taken-away', ...one, restore: restoreCommand(one, one.before, from)}),
		)
		.join('');

/** The same lines for a message. With `most`, the rest is only counted. */
export const describeTaken = (
	taken: readonly TakenAway[],
	options: HistoryOptions,
	most = Number.POSITIVE_INFINITY,
): readonly string[] => {
	const rest = taken.length - Math.min(taken.length, most);
	return [
		...alignRows(
			taken.slice(0, taken.length - rest).map((one) => describeOne(one, options)),
			options,
		),
		...(rest === 0 ? [] : [`  and ${formatNumber(rest)} more: cistern history`]),
	];
};

const describeOne = (one: TakenAway, options: HistoryOptions): Row => {
	const when = showTime(one.at, options);
	const name = toPrintable(one.repository);
	const command = restoreCommand(one, one.before, options.from);
	if (one.kind === 'gone') {
		return {cells: [when, name, 'the repository', 'gone', '', ''], command};
	}

	const tips = describeTips([one.from, one.to], options);
	const kept = one.onlyHere === 0 ? '' : `${formatCount(one.onlyHere, 'commit')} only here now`;
	return {cells: [when, name, formatRef(one.ref), one.kind, tips, kept], command};
};
