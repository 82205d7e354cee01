import type {Progress} from '../../domain/run/events.ts';
import type {Row, RunningRow} from '../../domain/run/run-rows.ts';
import type {Wait} from '../../domain/run/run-state.ts';
import {formatSize} from '../../domain/text/format.ts';
import {describeSaved} from '../describe-saved.ts';
import {drawSign, type Span} from '../text/style.ts';
import {measureSpans, measureWidth} from '../text/width.ts';
import {describeActivity, describeWait} from './describe-activity.ts';
import {type Frame, indent, isNarrow, type Line, lineWidth, secondsSince, spin} from './frame.ts';
import {isNotable} from './is-notable.ts';

const gap = '  ';
const sizeWidth = '999 MB'.length;
const speedWidth = '99.9 MB/s'.length;
const shortestBar = 8;
const longestBar = 17;

/** A place of the screen: what runs there, or what ran there last. */
export const drawRow = (row: Row, name: string, wait: Wait | undefined, frame: Frame): Line => {
	if (row.kind === 'running') {
		return wait === undefined ? drawRunning(row, name, frame) : drawWaiting(name, wait, frame);
	}

	// What is notable stands above already.
	const {outcome} = row;
	if (outcome.result !== 'saved' || isNotable(outcome)) {
		return [];
	}
	return [
		...nameColumn({text: frame.marks.done, style: 'green'}, {text: name, style: 'dim'}, frame),
		{text: describeSaved(outcome), style: 'dim'},
	];
};

const drawWaiting = (name: string, wait: Wait, frame: Frame): Line => [
	...nameColumn(drawSign('attention', frame), {text: name, style: 'bold'}, frame),
	{text: describeWait(wait, frame)},
];

export const drawRunning = (row: RunningRow, name: string, frame: Frame): Line => {
	const steps = row.heard + secondsSince(frame, row.since);
	const start = [
		...nameColumn({text: spin(frame, steps)}, {text: name, style: 'bold'}, frame),
		{text: describeActivity(row, frame)},
	];
	return [...start, ...drawFigures(row.progress, lineWidth(frame) - measureSpans(start), frame)];
};

/** Mark and name, always whole, filled up to where the next column begins, or by one blank. */
export const nameColumn = (mark: Span, name: Span, frame: Frame): Line => {
	const fill = Math.max(1, frame.nameWidth + gap.length - measureWidth(name.text));
	return [indent, mark, {text: ' '}, name, {text: ' '.repeat(fill)}];
};

/** Bar, bytes and speed, as far as there is room: the bar goes first, then the speed. */
const drawFigures = (progress: Progress | undefined, room: number, frame: Frame): Line => {
	if (progress === undefined) {
		return [];
	}

	const size = formatFigure(progress.bytes, '', sizeWidth);
	const speed = formatFigure(progress.bytesPerSecond, '/s', speedWidth);
	const figures = [size + speed, size].find((text) => measureWidth(text) <= room) ?? '';
	const bar = isNarrow(frame)
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
