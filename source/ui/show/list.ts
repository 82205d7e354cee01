import {isOpen, type ShownPullRequest} from '../../domain/show/pull-request.ts';
import {formatDay} from '../../domain/text/format.ts';
import {toExcerpt} from '../../domain/text/printable-text.ts';
import type {DatedStyle} from '../text/layout.ts';
import {cutToWidth, padToWidth} from '../text/width.ts';
import {nameState} from './words.ts';

export type ListOptions = DatedStyle & {
	/** The greatest number in the list. */
	readonly greatest: number;
};

const stateWidth = 'superseded'.length;
const dayWidth = '30 Nov 2026'.length;
const authorWidth = 18;
const gap = '   ';

/** A line of the list of pull requests. The columns have fixed widths: the list is never held. */
export const formatRow = (
	pullRequest: ShownPullRequest,
	{now, greatest, columns, marks, paint}: ListOptions,
): string => {
	const {id, title, author, createdOn} = pullRequest;
	const label = [
		`${id}`.padStart(`${greatest}`.length),
		padToWidth(toExcerpt(nameState(pullRequest)), stateWidth),
		padToWidth(createdOn === undefined ? '' : formatDay(createdOn, now), dayWidth),
		padToWidth(cutToWidth(toExcerpt(author), authorWidth, marks.ellipsis), authorWidth),
	].join(gap);
	const line = `  ${label}${gap}`;
	const room = Math.max(1, columns - line.length - 1);
	const text = cutToWidth(toExcerpt(title), room, marks.ellipsis);
	return `${isOpen(pullRequest) ? line : paint('dim', line)}${text}\n`;
};
