import {randomUUID} from 'node:crypto';
import {FailureError} from '../../domain/failure/failure.ts';
import type {TransferOptions} from '../../ports/git/transfers.ts';
import {endMarkedProcesses} from '../files/processes.ts';
import type {RunGit} from './open-git.ts';
import {createProgressReader} from './progress.ts';
import type {GitCommand} from './run-git.ts';

/** Characters of git's and, passed on by it, the server's progress: more than of a whole day. */
const mostWords = 16 * 1024 * 1024;

/** Marks the processes of one transfer: a signal reaches the git that was started, not those it started. */
const transferMarker = 'CISTERN_TRANSFER';

/**
 * Seconds for which a transfer may stall where git is not asked how far it is. A server that counts
 * and compresses is silent then, but for a few bytes every five seconds (git-config(1),
 * `uploadpack.keepAlive`), and those are less than the byte a second that git wants.
 */
const longestSilence = '600';

/** Runs a git that receives something, and ends it where the server talks without end. */
export const runTransfer = async (
	run: RunGit,
	command: GitCommand,
	options: TransferOptions,
): Promise<void> => {
	const read = createProgressReader(options);
	const name = randomUUID();
	let heard = 0;
	let ending: Promise<void> | undefined;
	const onProgressText = (text: string): void => {
		heard += text.length;
		read(text);
		if (heard > mostWords) {
			ending ??= endMarkedProcesses(`${transferMarker}=${name}`);
		}
	};

	try {
		const variables = {
			[transferMarker]: name,
			...(options.onProgress === undefined ? {GIT_HTTP_LOW_SPEED_TIME: longestSilence} : {}),
		};
		await run({...command, signal: options.signal, variables, onProgressText});
	} catch (error) {
		if (ending === undefined) {
			throw error;
		}

		await ending;
		const detail = 'it says more than 16 MB beside what was asked for';
		throw new FailureError({kind: 'answer-refused', detail});
	}
};
