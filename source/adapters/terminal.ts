import {once} from 'node:events';
import {createInterface} from 'node:readline';
import {stripVTControlCharacters} from 'node:util';
import type {Terminal} from '../ports/terminal.ts';
import {isInForeground, muteEcho} from './typed-echo.ts';

type Environment = NodeJS.Process['env'];

/** The used part of a process, so that a test can replace it. */
export type TerminalProcess = Pick<
	NodeJS.Process,
	'env' | 'kill' | 'pid' | 'platform' | 'stdin' | 'stdout' | 'stderr' | 'on' | 'off'
>;

const showCursor = '\u001B[?25h';
const hideCursor = '\u001B[?25l';

/** Columns of a terminal that does not report its width. */
const usualColumns = 80;

/** `noColour` comes from the command line and wins over the environment. */
export const openTerminal = (
	process: TerminalProcess,
	{noColour = false}: {readonly noColour?: boolean} = {},
): Terminal => {
	const {env, platform, stdin, stdout, stderr} = process;
	const wantsColour = readsColour(env, noColour);
	return {
		writeOut: openStream(stdout, wantsColour),
		writeError: openStream(stderr, wantsColour),
		isInteractive: Boolean(stderr.isTTY) && !isDumb(env) && !isSet(env['CI']),
		canAsk: Boolean(stdin.isTTY && stdout.isTTY) && !isDumb(env),
		hasColour: wantsColour === 'always' || (wantsColour === 'terminal' && hasTerminal(process)),
		hasUnicode: readsUnicode(env, platform),
		columns: () => stderr.columns || stdout.columns || usualColumns,
		outColumns: () => readColumns(stdout),
		errorColumns: () => readColumns(stderr),
		rows: () => stderr.rows || stdout.rows || 24,
		holdStill: (onSuspend) => holdStill(process, onSuspend),
		ask: (question, signal) => ask(process, question, signal),
		onResize: (listener) => {
			stderr.on('resize', listener);
			return () => stderr.off('resize', listener);
		},
	};
};

const holdStill = (process: TerminalProcess, onSuspend: () => void): (() => void) => {
	const {stderr} = process;
	let show: (() => void) | undefined;
	const hide = (): void => {
		if (show !== undefined || (stderr.isTTY && !isInForeground())) {
			return;
		}

		const showTyped = stderr.isTTY ? muteEcho() : () => {};
		stderr.write(hideCursor);
		show = () => {
			showTyped();
			stderr.write(showCursor);
			show = undefined;
		};
	};
	const suspend = (): void => {
		onSuspend();
		show?.();
		process.kill(process.pid, 'SIGSTOP');
	};
	const stop = (): void => {
		process.off('exit', stop);
		process.off('SIGTSTP', suspend);
		process.off('SIGCONT', hide);
		show?.();
	};
	process.on('exit', stop);
	process.on('SIGTSTP', suspend);
	process.on('SIGCONT', hide);
	hide();
	return stop;
};

const readColumns = ({isTTY, columns}: NodeJS.WriteStream): number =>
	isTTY ? columns || usualColumns : Number.POSITIVE_INFINITY;

/** Without `terminal`, readline does not catch Ctrl-C. Ctrl-D gives an empty answer. */
const ask = async (
	{stdin, stderr}: TerminalProcess,
	question: string,
	signal: AbortSignal,
): Promise<string> => {
	signal.throwIfAborted();
	const lines = createInterface({input: stdin, terminal: false});
	const stop = (): void => lines.close();
	signal.addEventListener('abort', stop, {once: true});
	stderr.write(question);
	try {
		const [line] = await Promise.race([once(lines, 'line'), once(lines, 'close').then(() => [''])]);
		signal.throwIfAborted();
		return String(line);
	} finally {
		signal.removeEventListener('abort', stop);
		lines.close();
	}
};

const hasTerminal = ({stdout, stderr}: TerminalProcess): boolean =>
	Boolean(stdout.isTTY || stderr.isTTY);

type WantsColour = 'always' | 'terminal' | 'never';

/** A reader that exits (`| head`) must not end a backup, so later text is discarded. */
const openStream = (
	stream: NodeJS.WriteStream,
	wantsColour: WantsColour,
): ((text: string) => void) => {
	let isOpen = true;
	stream.on('error', () => {
		isOpen = false;
	});
	const keepsColour = stream.isTTY || wantsColour === 'always';
	return (text) => {
		if (isOpen) {
			stream.write(keepsColour ? text : stripVTControlCharacters(text));
		}
	};
};

const isSet = (value: string | undefined): boolean => value !== undefined && value !== '';

const isDumb = ({TERM}: Environment): boolean => TERM === 'dumb';

/** The option wins over NO_COLOR (no-color.org), and NO_COLOR over FORCE_COLOR (force-color.org). */
const readsColour = (env: Environment, noColour: boolean): WantsColour => {
	const force = env['FORCE_COLOR'];
	if (noColour || isSet(env['NO_COLOR']) || force === '0' || force === 'false') {
		return 'never';
	}
	if (isSet(force)) {
		return 'always';
	}
	return isDumb(env) ? 'never' : 'terminal';
};

/**
 * Does the terminal show more than ASCII? On Windows only newer terminals do; elsewhere the most
 * specific locale variable decides (POSIX, "Internationalization Variables").
 */
const readsUnicode = (env: Environment, platform: NodeJS.Platform): boolean => {
	if (platform === 'win32') {
		return isSet(env['WT_SESSION']) || env['TERM_PROGRAM'] === 'vscode' || isSet(env['TERM']);
	}

	const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find(isSet) ?? '';
	return env['TERM'] !== 'linux' && !isDumb(env) && /utf-?8/i.test(locale);
};
