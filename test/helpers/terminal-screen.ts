import {spawn} from '@lydell/node-pty';
import xterm from '@xterm/headless';
import {sharedCache} from './shared-cache.ts';

export type ScreenOptions = {
	/** The program and its arguments; `process.execPath` for the Node that runs the tests. */
	readonly words: readonly string[];
	/** Beside the few variables every program needs. Nothing else is inherited, CI least of all. */
	readonly environment?: Readonly<Record<string, string>>;
	readonly folder?: string;
	readonly columns?: number;
	readonly rows?: number;
};

export type Exit = {readonly code: number; readonly signal: number | undefined};

/** A program in a real pseudo-terminal, and what a person would see of it. */
export type TerminalScreen = {
	/** The visible rows from the top, without blanks at their ends. */
	rows(): readonly string[];
	/** The rows that scrolled out at the top, oldest first. */
	scrollback(): readonly string[];
	/** The visible rows as one text, for a look at the whole. */
	text(): string;
	/** Counted from 0. */
	cursor(): {readonly column: number; readonly row: number; readonly isVisible: boolean};
	/** Everything the program wrote, escape sequences included. */
	output(): string;
	type(keys: string): void;
	/** As a terminal pastes: between the marks for it where the program asked for them. */
	paste(text: string): void;
	resize(columns: number, rows: number): void;
	/** Ends when the screen shows it; throws with the screen when it never does. */
	waitFor(expected: string | RegExp | ((screen: TerminalScreen) => boolean)): Promise<void>;
	/** Ends when the program has ended and its last output is on the screen. */
	readonly exited: Promise<Exit>;
	kill(signal: string): void;
	/** Ends the program if it still runs. */
	close(): Promise<void>;
	/** The emulator, for those who draw its cells. */
	readonly emulator: xterm.Terminal;
};

const patience = 20_000;
const cursorMode = 25;
/** While it is set the program is in the middle of a picture. */
const updateMode = 2026;

export const openTerminalScreen = (options: ScreenOptions): TerminalScreen => {
	const {columns = 80, rows = 24} = options;
	const emulator = new xterm.Terminal({
		cols: columns,
		rows,
		scrollback: 20_000,
		allowProposedApi: true,
	});
	const [command = '', ...rest] = options.words;
	const child = spawn(command, rest, {
		cols: columns,
		rows,
		...(options.folder === undefined ? {} : {cwd: options.folder}),
		env: {...baseEnvironment(), ...options.environment},
	});
	const isUpdating = watchMode(emulator, updateMode, false);
	const watchers = new Set<() => void>();
	let output = '';
	let isRunning = true;
	child.onData((data) => {
		output += data;
		emulator.write(data, () => {
			for (const look of isUpdating() ? [] : watchers) {
				look();
			}
		});
	});
	// A program may ask the terminal something, and waits for its answer.
	emulator.onData((answer) => isRunning && child.write(answer));
	const exited = new Promise<Exit>((resolve) => {
		child.onExit(({exitCode, signal}) => {
			isRunning = false;
			emulator.write('', () => resolve({code: exitCode, signal: signal || undefined}));
		});
	});

	const screen: TerminalScreen = {
		...readEmulator(emulator),
		output: () => output,
		type: (keys) => child.write(keys),
		paste: (text) =>
			child.write(emulator.modes.bracketedPasteMode ? `\u001B[200~${text}\u001B[201~` : text),
		resize: (newColumns, newRows) => {
			emulator.resize(newColumns, newRows);
			child.resize(newColumns, newRows);
		},
		waitFor: (expected) => waitFor(screen, watchers, expected),
		exited,
		kill: (signal) => child.kill(signal),
		close: async () => {
			if (isRunning) {
				child.kill('SIGKILL');
			}
			await exited;
			emulator.dispose();
		},
		emulator,
	};
	return screen;
};

type Sight = Pick<TerminalScreen, 'rows' | 'scrollback' | 'text' | 'cursor'>;

const readEmulator = (emulator: xterm.Terminal): Sight => {
	const isCursorVisible = watchMode(emulator, cursorMode, true);
	const readLines = (from: number, to: number): readonly string[] =>
		Array.from(
			{length: to - from},
			(_, index) => emulator.buffer.active.getLine(from + index)?.translateToString(true) ?? '',
		);
	const rows = (): readonly string[] => {
		const {baseY} = emulator.buffer.active;
		return readLines(baseY, baseY + emulator.rows);
	};
	return {
		rows,
		scrollback: () => readLines(0, emulator.buffer.active.baseY),
		text: () => rows().join('\n'),
		cursor: () => {
			const {cursorX, cursorY} = emulator.buffer.active;
			return {column: cursorX, row: cursorY, isVisible: isCursorVisible()};
		},
	};
};

const baseEnvironment = (): Record<string, string> => ({
	...sharedCache(),
	PATH: process.env['PATH'] ?? '',
	HOME: process.env['HOME'] ?? '',
	TERM: 'xterm-256color',
	LANG: 'en_GB.UTF-8',
});

/** A DEC private mode that the emulator keeps to itself: the sequences that change it are listened to. */
const watchMode = (
	emulator: xterm.Terminal,
	mode: number,
	isSetAtFirst: boolean,
): (() => boolean) => {
	let isSet = isSetAtFirst;
	for (const [final, sets] of [
		['h', true],
		['l', false],
	] as const) {
		emulator.parser.registerCsiHandler({prefix: '?', final}, (parameters) => {
			isSet = parameters.includes(mode) ? sets : isSet;
			return false;
		});
	}
	return () => isSet;
};

const waitFor = async (
	screen: TerminalScreen,
	watchers: Set<() => void>,
	expected: Parameters<TerminalScreen['waitFor']>[0],
): Promise<void> => {
	const {promise, resolve, reject} = Promise.withResolvers<void>();
	const look = (): void => {
		if (matches(screen, expected)) {
			resolve();
		}
	};
	const fail = (why: string): void =>
		reject(new Error(`${why} without ${describe(expected)}. The screen:\n${screen.text()}`));
	const timer = setTimeout(fail, patience, `${patience / 1000} s went by`);
	watchers.add(look);
	look();
	screen.exited.then(() => {
		look();
		fail('The program ended');
	}, reject);
	try {
		await promise;
	} finally {
		clearTimeout(timer);
		watchers.delete(look);
	}
};

const matches = (
	screen: TerminalScreen,
	expected: Parameters<TerminalScreen['waitFor']>[0],
): boolean => {
	if (typeof expected === 'function') {
		return expected(screen);
	}
	return typeof expected === 'string'
		? screen.text().includes(expected)
		: expected.test(screen.text());
};

const describe = (expected: Parameters<TerminalScreen['waitFor']>[0]): string =>
	typeof expected === 'function' ? 'what was waited for' : String(expected);
