import {once} from 'node:events';
import {text} from 'node:stream/consumers';
import {type Failure, FailureError} from '../../../domain/failure/failure.ts';
import {asTransferFailure, GitExit} from '../run-git.ts';
import type {StartedGit} from '../start-git.ts';

export const moreThanOnePack: Failure = {
	kind: 'answer-refused',
	detail: 'it sent more than one pack',
};

/** A `git index-pack --stdin`, which checks every object of a pack and puts it into a mirror. */
export type PackIndexer = {
	/** Takes the next bytes. Resolves when it is ready for more. Throws when git has ended. */
	take(piece: Buffer): Promise<void>;
	/** The pack is complete. Gives its id, by which its files are named. */
	finish(): Promise<string>;
	/** Ends git, and waits until it has ended. */
	stop(): Promise<void>;
};

export const feedIndexPack = (
	git: StartedGit,
	mirror: string,
	signal: AbortSignal,
): PackIndexer => {
	const {stdin} = git;
	const output = text(git.stdout);
	output.catch(() => undefined);
	let hasEnded = false;
	const over = git.ended
		.catch(() => undefined)
		.then(() => {
			hasEnded = true;
		});
	const end = (): void => void git.kill();
	signal.addEventListener('abort', end);

	const readId = async (): Promise<string> => {
		const {exitCode, words} = await git.ended.finally(() => signal.throwIfAborted());
		if (exitCode !== 0) {
			throw asTransferFailure(new GitExit(exitCode, {stdout: '', stderr: words}), mirror);
		}

		// git repeats what it has read behind the pack.
		const [, id, rest] = /^\w+\t([0-9a-f]+)\n(.*)$/s.exec(await output) ?? [];
		if (id === undefined || rest !== '') {
			throw new FailureError(moreThanOnePack);
		}

		return id;
	};

	return {
		take: async (piece) => {
			if (hasEnded) {
				await readId();
				throw new FailureError(moreThanOnePack);
			}

			if (!stdin.write(piece)) {
				await Promise.race([once(stdin, 'drain').catch(() => over), over]);
			}
		},
		finish: () => {
			stdin.end();
			return readId().finally(() => signal.removeEventListener('abort', end));
		},
		stop: async () => {
			git.kill();
			await over;
			signal.removeEventListener('abort', end);
		},
	};
};
