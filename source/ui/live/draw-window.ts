import {isRunning, type Row} from '../../domain/run/run-rows.ts';
import type {RunState, Wait} from '../../domain/run/run-state.ts';
import {readTotals} from '../../domain/run/run-totals.ts';
import type {SourceState} from '../../domain/run/source-state.ts';
import {formatCount, formatNumber, formatRepository} from '../../domain/text/format.ts';
import {toPrintable} from '../../domain/text/printable-text.ts';
import {drawSign} from '../text/style.ts';
import {cutLines} from './cut-lines.ts';
import {describeWait} from './describe-activity.ts';
import {drawRow, nameColumn} from './draw-row.ts';
import {drawTotals} from './draw-totals.ts';
import {type Frame, type Line, reserved, spin} from './frame.ts';

/** What stands on the screen at one moment, in at most `rows - 1` lines. */
export const drawWindow = (state: RunState, frame: Frame): readonly Line[] => {
	const totals = [...state.sources.values()].some(({plan}) => plan !== undefined)
		? [drawTotals(state, frame)]
		: [];
	const room = frame.rows - reserved;
	if (room < 1) {
		return totals;
	}

	const top = drawLook(state, frame, room);
	const lines = [...top, ...drawRows(state, frame, room - top.length)];
	return lines.length === 0 || totals.length === 0
		? [...lines, ...totals]
		: [...lines, [], ...totals];
};

/** How far each look is, and what holds it up, in at most `room` lines. */
export const drawLook = (state: RunState, frame: Frame, room: number): readonly Line[] =>
	cutLines([...drawLooking(state, frame), ...drawHostWaits(state, frame)], room, frame);

const drawLooking = (state: RunState, frame: Frame): readonly Line[] =>
	[...state.sources.values()]
		.filter(({phase}) => phase === 'looking')
		.map((source) => [
			...nameColumn(
				{text: spin(frame, source.found + source.lookedAt)},
				{text: toPrintable(source.source), style: 'bold'},
				frame,
			),
			{text: describeLooking(source)},
		]);

const describeLooking = ({found, total, lookedAt}: SourceState): string => {
	const all = total ?? found;
	return all === 0
		? 'asking which repositories there are'
		: `looked at ${formatNumber(lookedAt)} of ${formatCount(all, 'repository', 'repositories')}`;
};

/** Waits that no row can show, because they hold up a whole host or a look. */
const drawHostWaits = (state: RunState, frame: Frame): readonly Line[] =>
	[...state.waits.values()]
		.filter((wait) => findRow(state, wait) === undefined)
		.map((wait) => [
			...nameColumn(
				drawSign('attention', frame),
				{
					text:
						wait.repository === undefined
							? toPrintable(wait.host)
							: nameOf(state, {source: wait.source, repository: wait.repository}),
					style: 'bold',
				},
				frame,
			),
			{text: describeWait(wait, frame)},
		]);

const drawRows = (state: RunState, frame: Frame, room: number): readonly Line[] => {
	const places = state.rows.map((row) => ({
		row,
		line: drawRow(row, nameOf(state, row), findWait(state, row), frame),
	}));
	const isUsed = ({line}: (typeof places)[number]): boolean => line.length > 0;
	const shown = willStartMore(state)
		? places.slice(0, places.findLastIndex(isUsed) + 1)
		: places.filter(isUsed);
	return cutLines(
		shown.map(({line}) => line),
		room,
		frame,
		(index) => shown.slice(index).filter(({row}) => isRunning(row)).length,
	);
};

/** Is there something to start that may need an empty place? Else the rows close ranks. */
const willStartMore = (state: RunState): boolean => {
	const {done, inScope} = readTotals(state);
	return done + state.rows.filter(isRunning).length < inScope;
};

/** With the workspace only where there are several. */
export const nameOf = (
	state: RunState,
	{source, repository}: {readonly source: string; readonly repository: string},
): string => {
	const {workspace = ''} = state.sources.get(source) ?? {};
	return state.expectedSources > 1
		? toPrintable(repository)
		: formatRepository(repository, {workspace});
};

const findRow = (state: RunState, wait: Wait): Row | undefined =>
	state.rows.find(
		(row) => isRunning(row) && row.repository === wait.repository && row.source === wait.source,
	);

/** Its own wait, or its host's. */
const findWait = (state: RunState, row: Row): Wait | undefined =>
	[...state.waits.values()].find(({source, repository, host}) =>
		isRunning(row) && row.heldBy !== undefined
			? repository === undefined && host === row.heldBy
			: source === row.source && repository === row.repository,
	);
