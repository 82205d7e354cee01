import {randomUUID} from 'node:crypto';
import {type Failure, FailureError} from '../../domain/failure/failure.ts';
import type {Progress} from '../../domain/run/events.ts';
import type {TransferOptions} from '../../ports/git.ts';
import {endMarkedProcesses} from '../files/processes.ts';
import type {RunGit} from './open-git.ts';
import {lowSpeedVariables, type Patience, patience} from './patience.ts';
import {createProgressReader} from './progress.ts';
import type {GitCommand} from './run-git.ts';
import {watchTrickle} from './trickle-watch.ts';

/** Characters of git's and, passed on by it, the server's progress: more than of a whole day. */
const mostWords = 16 * 1024 * 1024;

/** Marks the processes of one transfer: a signal reaches the git that was started, not those it started. */
const transferMarker = 'CISTERN_TRANSFER';

/** Runs a git that receives something, and ends it where the server talks or trickles without end. */
export const runTransfer = async (
	run: RunGit,
	command: GitCommand,
	{signal, onProgress}: TransferOptions,
	limits: Patience = patience,
): Promise<void> => {
	const name = randomUUID();
	let ended: {readonly failure: Failure; readonly isOver: Promise<void>} | undefined;
	const end = (failure: Failure): void => {
		ended ??= {failure, isOver: endMarkedProcesses(`${transferMarker}=${name}`)};
	};

	const follow = onProgress && followProgress(limits, onProgress, () => end(trickled(limits)));
	const read = createProgressReader({onProgress: follow?.onProgress});
	let heard = 0;
	const onProgressText = (text: string): void => {
		heard += text.length;
		read(text);
		if (heard > mostWords) {
			end(talked);
		}
	};

	try {
		const variables = {[transferMarker]: name, ...limitsOf(limits, follow !== undefined)};
		await run({...command, signal, variables, onProgressText});
	} catch (error) {
		if (ended === undefined) {
			throw error;
		}

		await ended.isOver;
		throw new FailureError(ended.failure);
	} finally {
		follow?.stop();
	}
};

/**
 * A server that is not asked how far it is counts and compresses in silence, but for five bytes
 * every five seconds (git-config(1), `uploadpack.keepAlive`), which not all that is between lets
 * through. One that is asked is heard of all the time, and git tells how fast the rest comes.
 */
const limitsOf = (limits: Patience, isAsked: boolean): Readonly<Record<string, string>> =>
	isAsked
		? lowSpeedVariables(limits.leastSign, limits.longestSilence)
		: lowSpeedVariables(limits.leastSpeed, limits.longestTrickle);

type Followed = {
	readonly onProgress: (progress: Progress) => void;
	stop(): void;
};

/** Passes on how far a transfer is, with an eye on how fast it is. */
const followProgress = (
	limits: Patience,
	onProgress: (progress: Progress) => void,
	onTrickle: () => void,
): Followed => {
	const watch = watchTrickle(limits, onTrickle);
	return {
		onProgress: (progress) => {
			watch.see(progress);
			onProgress(progress);
		},
		stop: watch.stop,
	};
};

const talked: Failure = {
	kind: 'answer-refused',
	detail: 'it says more than 16 MB beside what was asked for',
};

const trickled = ({leastSpeed, longestTrickle}: Patience): Failure => ({
	kind: 'network',
	problem: 'timeout',
	detail: `less than ${leastSpeed} bytes a second for ${longestTrickle} s`,
});
