import {spawn} from 'node:child_process';
import {toExcerpt} from '../../domain/text/printable-text.ts';

/** Milliseconds; somebody may have to type a password into a window. */
const longestWait = 120_000;

/** Characters of complaint that are kept. */
const longestComplaint = 4096;

/**
 * Runs a command with `input` as its standard input. Undefined when it did what it was asked,
 * else what it complained about, which may be nothing. Throws the signal's reason when it aborts.
 */
export const runWithInput = (
	command: string,
	commandArguments: readonly string[],
	input: string,
	signal: AbortSignal,
): Promise<string | undefined> =>
	new Promise((resolve, reject) => {
		const child = spawn(command, commandArguments, {
			stdio: ['pipe', 'ignore', 'pipe'],
			windowsHide: true,
			signal: AbortSignal.any([signal, AbortSignal.timeout(longestWait)]),
		});
		let complaint = '';
		child.stderr.setEncoding('utf8').on('data', (part: string) => {
			complaint = complaint.length < longestComplaint ? complaint + part : complaint;
		});
		// It may end without having read everything; its exit code tells the rest.
		child.stdin.on('error', () => undefined);
		child.once('error', (error) => {
			if (signal.aborted) {
				reject(signal.reason);
			} else {
				resolve(error.name === 'AbortError' ? 'no answer in time' : error.message);
			}
		});
		child.once('close', (code) => resolve(code === 0 ? undefined : toExcerpt(complaint)));
		child.stdin.end(input);
	});
