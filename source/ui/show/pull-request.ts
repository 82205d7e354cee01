import {
	type Comment,
	deletedOn,
	type EarlierWords,
	groupByPlace,
	type Place,
	type Task,
	toThreads,
	type WholePullRequest,
} from '../../domain/show/discussion.ts';
import {
	nameMentions,
	type Participant,
	type ShownPullRequest,
} from '../../domain/show/pull-request.ts';
import {formatCount, formatDay, formatDayAndTime} from '../../domain/text/format.ts';
import {toExcerpt, toPrintable} from '../../domain/text/printable-text.ts';
import type {DatedStyle} from '../text/layout.ts';
import {measureWidth, wrapWords} from '../text/width.ts';
import type {PageOptions} from './pages.ts';
import {describeHappening, nameState} from './words.ts';

export type ShowOptions = DatedStyle & PageOptions;

/** One pull request for a terminal: its text, comments under their lines, tasks and events. */
export const formatPullRequest = (whole: WholePullRequest, options: ShowOptions): string => {
	const {pullRequest, comments, tasks, events} = whole;
	const sections = [
		describeHead(pullRequest, options),
		describeText(pullRequest.description, 2, options),
		...describeThreads(comments, options),
		tasks.length === 0
			? []
			: [
					heading(describeCount(tasks), options),
					...tasks.flatMap((one) => describeTask(one, options)),
				],
		events.length === 0
			? []
			: [
					heading('What happened', options),
					...events.flatMap((event) => [
						...besideOrBelow([event.who, event.at], describeHappening(event), 0, options),
						...(event.kind === 'description' ? describeText(event.before, 8, options) : []),
					]),
				],
		[`  ${options.paint('dim', `As saved on ${day(options.savedAt, options)}.`)}`],
	];
	const lines = sections
		.filter((section) => section.length > 0)
		.map((section) => section.join('\n'));
	return `${lines.join('\n\n')}\n`;
};

const day = (at: number, {now}: ShowOptions): string =>
	formatDayAndTime(new Date(at).toISOString(), now);

const heading = (text: string, {paint}: ShowOptions): string => `  ${paint('bold', text)}`;

const describeHead = (pullRequest: ShownPullRequest, options: ShowOptions): readonly string[] => {
	const {id, title, author, createdOn, from, to, participants, closedBy} = pullRequest;
	const {paint, marks, now, repository} = options;
	const branches = [from ?? 'a branch that is gone', to ?? 'a branch that is gone'];
	const verdicts = participants.map((one) => describeParticipant(one, options));
	const state = toExcerpt(nameState(pullRequest));
	const closed = closedBy === undefined ? state : `${state} by ${toExcerpt(closedBy)}`;
	const written = createdOn === undefined ? '' : `, ${formatDay(createdOn, now)}`;
	return [
		`  ${paint('bold', `${toPrintable(repository)} ${id}`)}   ${toExcerpt(title)}`,
		`  ${closed}, opened by ${toExcerpt(author)}${written}`,
		`  ${branches.map((name) => toExcerpt(name)).join(` ${marks.arrow} `)}`,
		...(verdicts.length === 0 ? [] : wrapAt(verdicts.join('   '), 2, options)),
	];
};

const describeParticipant = ({name, verdict}: Participant, {marks}: ShowOptions): string => {
	switch (verdict) {
		case 'approved':
			return `${toExcerpt(name)} ${marks.done} approved`;
		case 'changes-requested':
			return `${toExcerpt(name)} ${marks.attention} asked for changes`;
		case undefined:
			return toExcerpt(name);
	}
};

/** Lines of a text that has line breaks of its own, printable, indented and broken to fit. */
const describeText = (text: string, indent: number, options: ShowOptions): readonly string[] => {
	const named = nameMentions(text, options.people).trimEnd();
	return named === ''
		? []
		: named
				.split(/\r\n|\r|\n/)
				.flatMap((line) => wrapAt(toPrintable(expand(line)), indent, options));
};

const expand = (line: string): string => line.replaceAll('\t', '    ').trimEnd();

/** A line that fits keeps its blanks: it may be code. */
const wrapAt = (line: string, indent: number, {columns}: ShowOptions): readonly string[] => {
	const width = Math.max(20, columns - indent - 1);
	const lines = measureWidth(line) <= width ? [line] : wrapWords(line, width);
	return lines.map((one) => (one === '' ? '' : ' '.repeat(indent) + one));
};

/** Comments on lines of code come under the name of their file; the others first. */
const describeThreads = (
	comments: readonly Comment[],
	options: ShowOptions,
): readonly (readonly string[])[] =>
	groupByPlace(toThreads(comments)).map(({place, threads}) => [
		heading(namePlace(place), options),
		...threads.flat().flatMap(({comment, depth}) => describeComment(comment, depth, options)),
	]);

const namePlace = (place: Place | undefined): string => {
	if (place === undefined) {
		return 'Comments';
	}

	const {path, line, isOutdated} = place;
	const where = line === undefined ? '' : `, line ${line}`;
	return `${toExcerpt(path)}${where}${isOutdated ? ' (changed since)' : ''}`;
};

const describeComment = (
	comment: Comment,
	depth: number,
	options: ShowOptions,
): readonly string[] => {
	const {author, at, text, isDeleted, isResolved, earlier} = comment;
	const whose = [author, at] as const;
	const edits = isDeleted ? earlier.slice(0, -1) : earlier;
	const resolved = isResolved ? besideOrBelow(['', undefined], 'resolved', depth, options) : [];
	const before = edits.toReversed().flatMap((words) => describeEdit(words, depth, options));
	if (!isDeleted) {
		return [...besideOrBelow(whose, text, depth, options), ...before, ...resolved];
	}

	const on = deletedOn(comment);
	const words = earlier.at(-1)?.text;
	const when = on === undefined ? '' : ` on ${formatDayAndTime(on, options.now)}`;
	return [
		...besideOrBelow(
			whose,
			words === undefined ? `deleted${when}, before a backup saw it` : `deleted${when}; it said:`,
			depth,
			options,
		),
		...describeText(words ?? '', indentOf(depth) + 4, options),
		...before,
	];
};

const describeEdit = (
	{text, until}: EarlierWords,
	depth: number,
	options: ShowOptions,
): readonly string[] => {
	const when = until === undefined ? 'before, ' : `until ${formatDayAndTime(until, options.now)} `;
	return [
		`${' '.repeat(indentOf(depth) + 2)}${options.paint('dim', `${when}it said:`)}`,
		...describeText(text, indentOf(depth) + 4, options),
	];
};

/** From here on, answers to answers stand below each other: a line needs room for its words. */
const deepest = 6;

const indentOf = (depth: number): number => 4 + 2 * Math.min(depth, deepest);

/** A short text stands beside the name and the date, another one below them. */
const besideOrBelow = (
	[name, at]: readonly [name: string, at: string | undefined],
	text: string,
	depth: number,
	options: ShowOptions,
): readonly string[] => {
	const indent = ' '.repeat(indentOf(depth));
	const when = at === undefined ? '' : formatDayAndTime(at, options.now);
	const label = [toExcerpt(name), when].filter((part) => part !== '').join('   ');
	const lines = describeText(text, 0, options);
	const beside = `${indent}${label}${label === '' ? '' : '   '}${lines[0] ?? ''}`;
	return lines.length < 2 && measureWidth(beside) < options.columns
		? [beside.trimEnd()]
		: [`${indent}${label}`, ...describeText(text, indent.length + 4, options)];
};

const describeCount = (tasks: readonly Task[]): string => {
	const open = tasks.filter(({isOpen}) => isOpen).length;
	return open === 0
		? `${formatCount(tasks.length, 'task')}, all done`
		: `${formatCount(tasks.length, 'task')}, ${open} open`;
};

const describeTask = (
	{text, isOpen, author, resolvedBy, resolvedOn}: Task,
	options: ShowOptions,
): readonly string[] => {
	const by = resolvedBy === undefined ? '' : ` by ${resolvedBy}`;
	const on = resolvedOn === undefined ? '' : ` on ${formatDay(resolvedOn, options.now)}`;
	const label = isOpen ? `open, from ${author}` : `done${by}${on}`;
	return besideOrBelow([label, undefined], text, 0, options);
};
