import {type ChildProcessWithoutNullStreams, spawn} from 'node:child_process';
import type {Readable} from 'node:stream';
import {StopError} from '../../domain/failure/failure.ts';
import type {Environment} from '../../domain/settings/variables.ts';
import {withWords} from '../../domain/text/printable-text.ts';

/** Milliseconds. Enough to confirm with a fingerprint or to type a password into a window. */
const usualTimeout = 120_000;

/** Characters of output that are kept; a token has some 200. */
const longestOutput = 65_536;

type CommandLine = {
	/** A program, or without `arguments` a line for the shell. */
	readonly command: string;
	readonly arguments?: readonly string[];
	readonly input?: string | undefined;
	/** The program's own without it. */
	readonly environment?: Environment | undefined;
	/** Milliseconds. */
	readonly timeout?: number;
};

export type CommandEnd = {
	readonly kind: 'done' | 'failed' | 'late' | 'not-started';
	/** `exit code 7`, `the signal SIGTERM`, or the system's words if it did not start. */
	readonly ending: string;
	/** The beginning of standard output, and of standard error. */
	readonly output: string;
	readonly complaint: string;
};

/** `ended with exit code 7`, with the command's complaint. */
export const describeEnd = ({ending, complaint}: CommandEnd): string =>
	withWords(`ended with ${ending}`, complaint.trim());

/** Runs a command. Throws only the signal's reason when the signal aborts. */
export const runCommand = (line: CommandLine, signal: AbortSignal): Promise<CommandEnd> =>
	new Promise((resolve, reject) => {
		signal.throwIfAborted();
		const child = start(line, signal);
		if (child instanceof Error) {
			resolve({kind: 'not-started', ending: child.message, output: '', complaint: ''});
			return;
		}

		const output = collect(child.stdout);
		const complaint = collect(child.stderr);
		const end = (kind: CommandEnd['kind'], ending: string): void =>
			resolve({kind, ending, output: output(), complaint: complaint()});
		child.once('error', (error) => {
			// Children of the command may live on and keep these open.
			child.stdout.destroy();
			child.stderr.destroy();
			if (signal.aborted) {
				reject(signal.reason);
			} else {
				end(error.name === 'AbortError' ? 'late' : 'not-started', error.message);
			}
		});
		child.once('close', (code, killer) => {
			const ending = killer === null ? `exit code ${code}` : `the signal ${killer}`;
			end(code === 0 ? 'done' : 'failed', ending);
		});
		// The command may end before it has read everything; its exit code tells the rest.
		child.stdin.on('error', () => undefined);
		child.stdin.end(line.input ?? '');
	});

/** Node throws some of the errors of a start (a link to itself: ELOOP), and tells others by an event. */
const start = (
	{command, arguments: words, environment, timeout = usualTimeout}: CommandLine,
	signal: AbortSignal,
): ChildProcessWithoutNullStreams | Error => {
	try {
		return spawn(command, words ?? [], {
			shell: words === undefined,
			stdio: ['pipe', 'pipe', 'pipe'],
			windowsHide: true,
			env: environment && {...environment},
			signal: AbortSignal.any([signal, AbortSignal.timeout(timeout)]),
		});
	} catch (error) {
		return error instanceof Error ? error : new Error(String(error));
	}
};

/** Collects the beginning of a stream and discards the rest. */
const collect = (stream: Readable): (() => string) => {
	let text = '';
	stream.setEncoding('utf8').on('data', (part: string) => {
		text = text.length < longestOutput ? text + part : text;
	});
	return () => text;
};

const advice = 'It is the passwordCommand in the settings. Try it in a terminal.';

/**
 * First line of a command's output, run by the user's shell without input. Throws a StopError when
 * the command fails, with its standard error and never with its output, and the signal's reason
 * when the signal aborts.
 */
export const runPasswordCommand = async (
	command: string,
	signal: AbortSignal,
	timeout: number = usualTimeout,
): Promise<string> => {
	const end = await runCommand({command, timeout}, signal);
	if (end.kind === 'late') {
		const message = `The command for the token did not end in ${timeout / 1000} seconds.`;
		throw new StopError(message, {advice});
	}

	if (end.kind !== 'done') {
		throw new StopError(`The command for the token ${describeEnd(end)}.`, {advice});
	}

	const [line = ''] = end.output.split(/\r?\n/);
	if (line.trim() === '') {
		throw new StopError('The command for the token printed nothing.', {advice});
	}

	return line;
};
