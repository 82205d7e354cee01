import process from 'node:process';
import {render} from 'ink';
import type {ReactNode} from 'react';

/** Cursor visible, no bracketed paste (DECTCEM, xterm's mode 2004). */
const plainTerminal = '\u001B[?25h\u001B[?2004l';

/** What Ink writes to be read out has no end of its own: what comes next would stand right behind. */
const endOfReading = process.env['INK_SCREEN_READER'] === 'true' ? '\n' : '';

/**
 * Asks what a component asks. Holds the terminal until it has a result and gives it back as it
 * was, whatever happens; throws what a component throws. An abort ends it with `left`. Needs a
 * terminal on both sides.
 */
export const askInTerminal = async <Result>(
	signal: AbortSignal,
	left: Result,
	draw: (onResult: (result: Result) => void) => ReactNode,
): Promise<Result> => {
	const input = process.stdin;
	// Standard output is for what was asked for, where both are a terminal.
	const output = process.stderr.isTTY ? process.stderr : process.stdout;
	if (signal.aborted) {
		return left;
	}

	// Before the first painting, not behind it as Ink does: an echo in between would shift it.
	input.setRawMode(true);
	try {
		return await mount({signal, left, draw}, input, output);
	} finally {
		input.setRawMode(false);
		input.unref();
		output.write(`${endOfReading}${plainTerminal}`);
	}
};

type Asked<Result> = {
	readonly signal: AbortSignal;
	readonly left: Result;
	readonly draw: (onResult: (result: Result) => void) => ReactNode;
};

const mount = async <Result>(
	{signal, left, draw}: Asked<Result>,
	input: NodeJS.ReadStream,
	output: NodeJS.WriteStream,
): Promise<Result> => {
	let result = left;
	const leave = (): void => instance.unmount();
	const instance = render(
		draw((answer) => {
			result = answer;
			leave();
		}),
		{
			stdin: input,
			stdout: output,
			stderr: output,
			exitOnCtrlC: false,
			patchConsole: false,
			// Whoever calls has made sure of a terminal; a CI variable says nothing about that.
			interactive: true,
		},
	);
	signal.addEventListener('abort', leave, {once: true});
	try {
		await instance.waitUntilExit();
		return result;
	} finally {
		signal.removeEventListener('abort', leave);
		leave();
	}
};
