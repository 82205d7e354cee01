import {spawn} from 'node:child_process';
import type {Readable} from 'node:stream';
import {StopError} from '../../domain/failure/failure.ts';
import {toExcerpt} from '../../domain/text/printable-text.ts';

/** Milliseconds. Long enough for somebody to confirm with a finger, not for ever in the night. */
const longestWait = 120_000;

/** Characters of output that are kept; a token has some 200. */
const longestOutput = 65_536;

const advice = 'It is the passwordCommand in the settings. Try it in a terminal.';

/**
 * First line of what a command prints, run by the user's shell without input. Throws a StopError
 * where it fails, with what it wrote to standard error and never with what it printed, and the
 * signal's reason when that aborts.
 */
export const runPasswordCommand = async (
	command: string,
	signal: AbortSignal,
	patience: number = longestWait,
): Promise<string> => {
	signal.throwIfAborted();
	const {ending, output, complaint} = await run(command, signal, patience);
	if (ending !== 'exit code 0') {
		const said = toExcerpt(complaint);
		throw new StopError(
			`The command for the token ended with ${ending}${said === '' ? '.' : `: ${said}`}`,
			{advice},
		);
	}

	const [line = ''] = output.split(/\r?\n/);
	if (line.trim() === '') {
		throw new StopError('The command for the token printed nothing.', {advice});
	}

	return line;
};

type Run = {readonly ending: string; readonly output: string; readonly complaint: string};

const run = (command: string, signal: AbortSignal, patience: number): Promise<Run> =>
	new Promise((resolve, reject) => {
		const child = spawn(command, {
			shell: true,
			stdio: ['ignore', 'pipe', 'pipe'],
			windowsHide: true,
			signal: AbortSignal.any([signal, AbortSignal.timeout(patience)]),
		});
		const output = collect(child.stdout);
		const complaint = collect(child.stderr);
		child.once('error', () => {
			// What the command started may live on and hold these open.
			child.stdout.destroy();
			child.stderr.destroy();
			reject(
				signal.aborted
					? signal.reason
					: new StopError(`The command for the token did not end in ${patience / 1000} seconds.`, {
							advice,
						}),
			);
		});
		child.once('close', (code, killer) =>
			resolve({
				ending: killer === null ? `exit code ${code}` : `the signal ${killer}`,
				output: output(),
				complaint: complaint(),
			}),
		);
	});

/** Gathers the beginning of a stream and lets the rest pass. */
const collect = (stream: Readable): (() => string) => {
	let text = '';
	stream.setEncoding('utf8').on('data', (part: string) => {
		text = text.length < longestOutput ? text + part : text;
	});
	return () => text;
};
