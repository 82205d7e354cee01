import {createInterface} from 'node:readline';
import type {Readable} from 'node:stream';
import {exitCodes} from '../../domain/failure/exit-code.ts';
import {StopError} from '../../domain/failure/failure.ts';

/** First line of standard input. Throws a StopError where it is a terminal, or holds nothing. */
export const readFirstLine = async (input: Readable & {isTTY?: boolean}): Promise<string> => {
	if (input.isTTY) {
		throw new StopError('--token-stdin reads the token from a pipe, and this is a terminal.', {
			advice: 'Pipe it in: pass show bitbucket | cistern --token-stdin',
			exitCode: exitCodes.usage,
		});
	}

	const lines = createInterface({input, crlfDelay: Infinity});
	for await (const line of lines) {
		lines.close();
		if (line.trim() !== '') {
			return line;
		}

		break;
	}

	throw new StopError('--token-stdin found no token: standard input is empty.');
};
