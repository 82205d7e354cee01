import {randomUUID} from 'node:crypto';
import {type Failure, FailureError} from '../../../domain/failure/failure.ts';
import type {TransferOptions} from '../../../ports/git-transfers.ts';
import {endMarkedProcesses} from '../../files/processes.ts';
import {type TransferLimits, transferLimits} from '../../network/transfer-limits.ts';
import {lowSpeedVariables, passOverForeignRefs} from '../environment.ts';
import type {GitCommand, RunGit} from '../run-git.ts';
import {maxWords, tooManyWords} from './fetch-answer.ts';
import {createProgressReader, watchTrickle} from './progress.ts';

/** Marks the processes of one transfer. A signal reaches only the git that we started, not its children. */
const transferMarker = 'CISTERN_TRANSFER';

/** Runs a git that receives something, and ends it when the server talks or trickles without end. */
export const runTransfer = async (
	run: RunGit,
	command: GitCommand,
	{signal, onProgress}: TransferOptions,
	limits: TransferLimits = transferLimits,
): Promise<void> => {
	const mark = randomUUID();
	let ended: {readonly failure: Failure; readonly isOver: Promise<void>} | undefined;
	const end = (failure: Failure): void => {
		ended ??= {failure, isOver: endMarkedProcesses(`${transferMarker}=${mark}`)};
	};

	const watch = onProgress && watchTrickle(limits, () => end(trickled(limits)));
	const read = createProgressReader({
		onProgress:
			onProgress &&
			((progress) => {
				watch?.see(progress);
				onProgress(progress);
			}),
	});
	let length = 0;
	const onProgressText = (text: string): void => {
		length += text.length;
		read(text);
		if (length > maxWords) {
			end(tooManyWords);
		}
	};

	try {
		const variables = {
			[transferMarker]: mark,
			...passOverForeignRefs,
			...speedLimits(limits, watch !== undefined),
		};
		await run({...command, signal, variables, onProgressText});
	} catch (error) {
		if (ended === undefined) {
			throw error;
		}

		await ended.isOver;
		throw new FailureError(ended.failure);
	} finally {
		watch?.stop();
	}
};

/**
 * A server that is not asked for its progress counts and compresses in silence, except for five
 * bytes every five seconds (git-config(1), `uploadpack.keepAlive`), which some proxies hold back. A
 * server that is asked prints all the time, and git prints the speed of the rest.
 */
const speedLimits = (
	limits: TransferLimits,
	showsProgress: boolean,
): Readonly<Record<string, string>> =>
	showsProgress
		? lowSpeedVariables(limits.minKeepAlive, limits.maxSilence)
		: lowSpeedVariables(limits.minSpeed, limits.maxTrickle);

export const trickled = ({minSpeed, maxTrickle}: TransferLimits): Failure => ({
	kind: 'network',
	problem: 'timeout',
	detail: `less than ${minSpeed} bytes a second for ${maxTrickle} s`,
});
