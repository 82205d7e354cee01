import {
	Listr,
	type ListrRenderer,
	type ListrRendererFactory,
	type ListrTask,
	ListrTaskEventType,
	type ListrTaskObject,
} from 'listr2';
import type {World} from '../../ports/world.ts';
import {marksFor, styleFor} from '../text/style.ts';
import {measureWidth} from '../text/width.ts';
import {
	cutLines,
	drawAbove,
	drawFinished,
	drawRunning,
	type Frame,
	type Live,
	type LiveOptions,
	type Row,
	type RowEnd,
} from './row.ts';
import {type Line, openWindow, type Window} from './window.ts';

/** The part of a line that names may take before they push the text beside them away. */
const nameShare = 0.4;
/** Columns for names before the first one is known. */
const usualName = 14;
/** With fewer rows next to nothing could be shown, so a low terminal is filled. */
const fewestRows = 8;
/** Totals, the blank line above them, and the line below on which the cursor rests. */
const reserved = 3;
/** Tasks of one list. listr2 keeps some 5 kB for each, so a large run opens one list after another. */
const mostTasks = 256;

/** Work that a task stands for: listr2 runs the task until `end` is called. */
type Begun = {
	readonly name: string;
	readonly row: Row;
	readonly ended: Promise<RowEnd>;
	readonly end: (ending: RowEnd) => void;
	isOver: boolean;
};

/** Kept with each task for our renderer, beside its title, output and state. */
type TaskOptions = {readonly isTop?: boolean; begun?: Begun; isNotable?: boolean};
type LiveTask = ListrTaskObject<unknown, ListrRendererFactory, ListrRendererFactory>;

/** The window's content: every task that has begun and is not gone from the screen. */
type Board = {
	readonly window: Window;
	readonly frame: () => Frame;
	/** Shown above the others; gone when they end. */
	top: LiveTask[];
	/** A task keeps its place while it runs, and its result stays there until a task needs the place. */
	places: LiveTask[];
};

const optionsOf = (task: LiveTask): TaskOptions => task.rendererTaskOptions;
const nameOf = (task: LiveTask): string => task.title ?? '';

/**
 * Draws the tasks of a list into the window. A notable result goes above it when its task ends.
 * listr2's own renderers paint every task of a list at every change, which takes minutes if there
 * are hundreds.
 */
const rendererFor = (board: Board): ListrRendererFactory =>
	class WindowRenderer implements ListrRenderer {
		/** The reporter has made sure that there is a terminal; listr2 looks at standard output. */
		static readonly nonTTY = true;
		static readonly rendererOptions = {};
		static readonly rendererTaskOptions: TaskOptions = {};
		readonly #tasks: readonly LiveTask[];

		constructor(tasks: readonly LiveTask[]) {
			this.#tasks = tasks;
		}

		readonly render = (): void => {
			for (const task of this.#tasks) {
				task.on(ListrTaskEventType.TITLE, () => {
					placeTask(task, board);
					board.window.touch();
				});
				task.on(ListrTaskEventType.CLOSED, () => {
					board.window.write(drawResult(task, board.frame()));
					board.window.touch();
				});
			}
		};

		/** Results in places are of interest only while something runs beside them. */
		readonly end = (): void => {
			if (!board.places.some(isRunning)) {
				board.places = [];
			}
			board.window.touch();
		};
	};

const isRunning = (task: LiveTask): boolean => !task.hasFinalized();

const outputOf = (task: LiveTask): string =>
	task.hasFailed() ? (task.message.error?.toString() ?? '') : (task.output ?? '');

const drawResult = (task: LiveTask, frame: Frame): readonly string[] => {
	const output = outputOf(task);
	return output === '' || !(task.hasFailed() || optionsOf(task).isNotable === true)
		? []
		: drawAbove(task.hasFailed() ? 'failed' : 'done', nameOf(task), output, frame);
};

const drawPlace = (task: LiveTask, frame: Frame): Line => {
	const {begun, isNotable} = optionsOf(task);
	if (isRunning(task)) {
		return begun === undefined ? [] : drawRunning(nameOf(task), begun.row, frame);
	}

	// A notable result stands above already.
	const output = outputOf(task);
	return task.hasFailed() || isNotable === true || output === ''
		? []
		: drawFinished(nameOf(task), output, frame);
};

/** The first free place, or a new one at the end. */
const placeTask = (task: LiveTask, board: Board): void => {
	if (optionsOf(task).isTop === true) {
		board.top.push(task);
	} else {
		// A task that is over may not be finished for listr2 yet.
		const free = board.places.findIndex((place) => optionsOf(place).begun?.isOver !== false);
		board.places[free === -1 ? board.places.length : free] = task;
	}
};

const drawBoard = (
	board: Board,
	willBeginMore: boolean,
	drawTotals: LiveOptions['drawTotals'],
): readonly Line[] => {
	board.top = board.top.filter(isRunning);
	const frame = board.frame();
	const totals = drawTotals?.(frame);
	const room = frame.rows - (totals === undefined ? 1 : reserved);
	if (room < 1) {
		return totals === undefined ? [] : [totals];
	}

	const top = cutLines(
		board.top.map((task) => drawPlace(task, frame)),
		room,
		frame,
	);
	const places = board.places.map((task) => ({task, line: drawPlace(task, frame)}));
	const isUsed = ({line}: (typeof places)[number]): boolean => line.length > 0;
	// While something may need an empty place it stays, so that no row moves.
	const shown = willBeginMore
		? places.slice(0, places.findLastIndex(isUsed) + 1)
		: places.filter(isUsed);
	const lines = [
		...top,
		...cutLines(
			shown.map(({line}) => line),
			room - top.length,
			frame,
			(index) => shown.slice(index).filter(({task}) => isRunning(task)).length,
		),
	];
	if (totals === undefined) {
		return lines;
	}

	return lines.length === 0 ? [totals] : [...lines, [], totals];
};

/** A list of tasks. Each waits for a row to begin, takes its name, and ends with it. */
type TaskList = {
	readonly idle: () => number;
	begin(begun: Begun): void;
	/** Ends the tasks for which nothing began. */
	close(): void;
	readonly done: Promise<unknown>;
};

const openTasks = (board: Board, count: number, isTop: boolean): TaskList => {
	const begun: Begun[] = [];
	const waiting: ((next: Begun | undefined) => void)[] = [];
	let idle = count;
	let isClosed = false;
	const next = (): Begun | undefined | Promise<Begun | undefined> =>
		begun.length > 0 || isClosed
			? begun.shift()
			: new Promise((resolve) => {
					waiting.push(resolve);
				});

	const makeTask = (): ListrTask<unknown, ListrRendererFactory, ListrRendererFactory> => {
		const options: TaskOptions = {isTop};
		return {
			rendererOptions: options,
			enabled: () => !isClosed || begun.length > 0,
			task: async (_, task): Promise<void> => {
				const one = await next();
				if (one === undefined) {
					return;
				}

				options.begun = one;
				task.title = one.name;
				const {isFailed = false, isNotable = false, text = ''} = await one.ended;
				if (isFailed) {
					throw new Error(text);
				}
				options.isNotable = isNotable;
				task.output = text;
			},
		};
	};

	const list = new Listr<unknown, ListrRendererFactory, ListrRendererFactory>(
		Array.from({length: count}, makeTask),
		{
			renderer: rendererFor(board),
			concurrent: true,
			exitOnError: false,
			// Its handler ends the process with 127; signals belong to the program.
			registerSignalListeners: false,
		},
	);
	return {
		idle: () => idle,
		begin: (one) => {
			idle -= 1;
			const wake = waiting.shift();
			if (wake === undefined) {
				begun.push(one);
			} else {
				wake(one);
			}
		},
		close: () => {
			isClosed = true;
			idle = 0;
			for (const wake of waiting.splice(0)) {
				wake(undefined);
			}
		},
		done: list.run(),
	};
};

/** Progress in a terminal: listr2 runs a task for each row, and our renderer draws them. */
export const openLive = (
	{terminal, clock}: Pick<World, 'terminal' | 'clock'>,
	options: LiveOptions,
): Live => {
	const marks = marksFor(terminal);
	const paint = styleFor(terminal);
	const rows = new Map<string, Begun>();
	const lists = new Set<TaskList>();
	let current: TaskList | undefined;
	/** Tasks that no list has yet. */
	let expected = 0;
	let longestName = usualName;

	const frame = (): Frame => {
		const [columns, height] = [terminal.columns(), terminal.rows()];
		return {
			columns,
			// A terminal that becomes narrower breaks lines in two. Rows that leave the screen that way
			// can never be erased, so half of the screen stays free.
			rows: Math.min(height, Math.max(fewestRows, Math.floor(height / 2))),
			now: clock.now(),
			nameWidth: Math.min(longestName, Math.floor(columns * nameShare)),
			marks,
			paint,
		};
	};
	const window = openWindow({
		terminal,
		clock,
		style: paint,
		ellipsis: marks.ellipsis,
		draw: () => drawBoard(board, expected + (current?.idle() ?? 0) > 0, options.drawTotals),
	});
	const board: Board = {window, frame, top: [], places: []};

	const open = (count: number, isTop: boolean): TaskList => {
		const list = openTasks(board, count, isTop);
		lists.add(list);
		void list.done.finally(() => lists.delete(list));
		return list;
	};
	const begin = (list: TaskList, key: string, name: string, row: Row): void => {
		const {promise, resolve} = Promise.withResolvers<RowEnd>();
		const begun = {name, row, ended: promise, end: resolve, isOver: false};
		rows.set(key, begun);
		list.begin(begun);
	};
	const end: Live['end'] = (key, ending = {}) => {
		const begun = rows.get(key);
		if (begun !== undefined) {
			begun.isOver = true;
			begun.end(ending);
			rows.delete(key);
		}
	};

	return {
		frame,
		touch: window.touch,
		write: window.write,
		openList: (count) => {
			current?.close();
			current = undefined;
			expected = count;
		},
		closeList: () => {
			current?.close();
			expected = 0;
		},
		begin: (key, name, row) => {
			if (current === undefined || current.idle() === 0) {
				const count = Math.max(1, Math.min(expected, mostTasks));
				expected = Math.max(0, expected - count);
				current = open(count, false);
			}

			begin(current, key, name, row);
		},
		beginOnTop: (key, name, row) => begin(open(1, true), key, name, row),
		has: (key) => rows.has(key),
		end,
		makeRoomFor: (name) => {
			longestName = Math.max(longestName, measureWidth(name));
		},
		close: async () => {
			for (const key of rows.keys()) {
				end(key);
			}
			current?.close();
			await Promise.all([...lists].map(({done}) => done));
			window.close();
		},
	};
};
