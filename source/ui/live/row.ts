import type {Progress, Stage} from '../../domain/run/events.ts';
import {formatNumber, formatRoughly, formatSize} from '../../domain/text/format.ts';
import {type DatedStyle, layOutMarked} from '../text/layout.ts';
import {drawSign, type Sign, type Span} from '../text/style.ts';
import {measureSpans, measureWidth} from '../text/width.ts';
import type {Line} from './window.ts';

/** The room there is to draw in, and the moment it is drawn for. */
export type Frame = DatedStyle & {
	/** One more than the lines that may be drawn: the cursor rests on the last. */
	readonly rows: number;
	/** Columns for names. It only ever grows, so that the text beside them stays in its column. */
	readonly nameWidth: number;
};

/** The content of a running task beside its title. Events change it; each paint reads it. */
export type Row = {
	describe(frame: Frame): string;
	/** The spinner turns by one for each. */
	steps(frame: Frame): number;
	/** Does it wait for a server? Marked by the sign for attention instead of the spinner. */
	isHeldUp?(): boolean;
	progress?: Progress | undefined;
};

export type LiveOptions = {
	/** The last line of the window; undefined as long as there is nothing to count. */
	readonly drawTotals?: (frame: Frame) => Line | undefined;
};

/** How a row ends; without a text it just goes. */
export type RowEnd = {
	readonly text?: string;
	readonly isFailed?: boolean;
	/** Its text goes above the window and stays there, as that of a failed one does. */
	readonly isNotable?: boolean;
};

/** The rows of a terminal. `key` names a row, `name` is what the screen calls it. */
export type Live = {
	frame(): Frame;
	touch(): void;
	/** Adds lines above the window that stay. */
	write(lines: readonly string[]): void;
	/** Opens a list for that many tasks; each row that begins takes one. */
	openList(count: number): void;
	/** Ends the tasks of the list that no row took. */
	closeList(): void;
	begin(key: string, name: string, row: Row): void;
	/** Begins a row above all others. */
	beginOnTop(key: string, name: string, row: Row): void;
	has(key: string): boolean;
	end(key: string, ending?: RowEnd): void;
	/** Widens the column of names; to be called before the rows are drawn, so that nothing jumps. */
	makeRoomFor(name: string): void;
	close(): Promise<void>;
};

export const indent: Span = {text: '  '};
const gap = '  ';
const sizeWidth = '999 MB'.length;
const speedWidth = '99.9 MB/s'.length;
const shortestBar = 8;
const longestBar = 17;
/** In fewer columns a row shows no bar. */
const narrow = 60;

/** Columns of a line. The last one stays free, because terminals differ in when they wrap. */
export const lineWidth = ({columns}: Frame): number => Math.max(1, columns - 1);

/** Whole seconds since a moment. */
const secondsSince = ({now}: Frame, since: number): number =>
	Math.max(0, Math.floor((now - since) / 1000));

export const drawRunning = (name: string, row: Row, frame: Frame): Line => {
	const {spinner} = frame.marks;
	const mark =
		row.isHeldUp?.() === true
			? drawSign('attention', frame)
			: {text: spinner[row.steps(frame) % spinner.length] ?? ''};
	const start = [
		...nameColumn(mark, {text: name, style: 'bold'}, frame),
		{text: row.describe(frame)},
	];
	return [...start, ...drawFigures(row.progress, lineWidth(frame) - measureSpans(start), frame)];
};

/** Lines above the window that stay. The text stands in the column of the rows' texts. */
export const drawAbove = (
	sign: Sign,
	name: string,
	text: string,
	frame: Frame,
): readonly string[] =>
	name === ''
		? layOutMarked(sign, text, frame)
		: layOutMarked(sign, text, frame, {name, width: 4 + frame.nameWidth + gap.length});

/** A result that stays in its place until another task needs the place. */
export const drawFinished = (name: string, text: string, frame: Frame): Line => [
	...nameColumn(drawSign('done', frame), {text: name, style: 'dim'}, frame),
	{text, style: 'dim'},
];

/** Mark and name, always whole, padded to the next column or by one blank. */
const nameColumn = (mark: Span, name: Span, frame: Frame): Line => {
	const fill = Math.max(1, frame.nameWidth + gap.length - measureWidth(name.text));
	return [indent, mark, {text: ' '}, name, {text: ' '.repeat(fill)}];
};

/** Bar, bytes and speed, as far as there is room: the bar is dropped first, then the speed. */
const drawFigures = (progress: Progress | undefined, room: number, frame: Frame): Line => {
	if (progress === undefined) {
		return [];
	}

	// The words about files tell the bytes, too.
	const bytes = progress.files === undefined ? progress.bytes : undefined;
	const size = formatFigure(bytes, '', sizeWidth);
	const speed = formatFigure(progress.bytesPerSecond, '/s', speedWidth);
	const figures = [size + speed, size].find((text) => measureWidth(text) <= room) ?? '';
	const bar =
		frame.columns < narrow
			? ''
			: drawBar(progress.percent, room - gap.length * 3 - sizeWidth - speedWidth, frame);
	return [{text: bar}, {text: figures}];
};

const formatFigure = (amount: number | undefined, unit: string, width: number): string =>
	amount === undefined ? '' : gap + (formatSize(amount) + unit).padStart(width);

const drawBar = (percent: number | undefined, room: number, {marks}: Frame): string => {
	const width = Math.min(longestBar, room);
	if (percent === undefined || width < shortestBar) {
		return '';
	}

	const full = Math.round((Math.min(percent, 100) / 100) * width);
	return gap + marks.barFull.repeat(full) + marks.barEmpty.repeat(width - full);
};

/**
 * At most `room` of the lines. If some have no room, the last line says how many things are hidden;
 * `countFrom` counts the things from an index on.
 */
export const cutLines = (
	lines: readonly Line[],
	room: number,
	{marks}: Frame,
	countFrom: (index: number) => number = (index) => lines.length - index,
): readonly Line[] => {
	if (lines.length <= room) {
		return lines;
	}
	if (room < 1) {
		return [];
	}

	const hidden = countFrom(room - 1);
	return hidden === 0
		? lines.slice(0, room)
		: [
				...lines.slice(0, room - 1),
				[indent, {text: `${marks.ellipsis} and ${formatNumber(hidden)} more`, style: 'dim'}],
			];
};

/** Words for a stage without a percentage. */
const stages = {
	asking: 'asking what is there',
	counting: 'waiting for the server to count',
	compressing: 'waiting for the server to compress',
	receiving: 'receiving',
	resolving: 'resolving',
	sending: 'sending',
	keeping: 'keeping what upstream replaced',
	packing: 'packing',
	rescuing: 'reading what is left of a damaged copy',
} as const satisfies Record<Stage, string>;

const isStage = (stage: string): stage is Stage => stage in stages;

/** Keeps the percentages of all rows in one column. */
const stageWidth = Math.max(...Object.keys(stages).map((stage) => stage.length));

const describeProgress = (progress: Progress | undefined): string | undefined =>
	progress?.text ?? (progress && isStage(progress.stage) ? stages[progress.stage] : undefined);

/** Seconds after which a row says how long it has been silent. */
const longSilence = 5;

/** A row for git's work on something. Its progress moves it on. */
export type StageRow = Row & {
	progress: Progress | undefined;
	/** How many times it was heard of; each turns the spinner. */
	heard: number;
	/** Milliseconds since 1970: when its stage began. */
	since: number;
};

/** `fallback`: its words before the first progress. */
export const startStages = (fallback: string, {now}: Frame): StageRow => {
	const row: StageRow = {
		progress: undefined,
		heard: 0,
		since: now,
		steps: (frame) => row.heard + secondsSince(frame, row.since),
		describe: (frame) => describeStage(row, fallback, frame),
	};
	return row;
};

export const moveOn = (row: StageRow, progress: Progress, {now}: Frame): void => {
	row.since = row.progress?.stage === progress.stage ? row.since : now;
	row.progress = progress;
	row.heard += 1;
};

/** `receiving    64 %`, or else the stage in words and for how long it has lasted if that is long. */
export const describeStage = (
	{progress, since}: StageRow,
	fallback: string,
	frame: Frame,
): string => {
	if (progress?.percent !== undefined && progress.text === undefined) {
		return `${progress.stage.padEnd(stageWidth)} ${String(Math.floor(progress.percent)).padStart(3)} %`;
	}

	const text = describeProgress(progress) ?? fallback;
	const seconds = secondsSince(frame, since);
	return seconds < longSilence ? text : `${text}, ${formatRoughly(seconds * 1000)}`;
};
