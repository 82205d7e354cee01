import {spawn} from 'node:child_process';
import type {Readable, Writable} from 'node:stream';
import {FailureError} from '../../domain/failure/failure.ts';
import {codeOf} from '../files/file-failure.ts';
import {GitExit, type GitProgram, startLimit} from './run-git.ts';

/** A git whose output is read while it works. */
export type StartedGit = {
	readonly stdin: Writable;
	readonly stdout: Readable;
	readonly stderr: Readable;
	readonly kill: () => boolean;
	/** Its exit code and last words. Throws if it did not end by itself. */
	readonly ended: Promise<{readonly exitCode: number; readonly words: string}>;
};

/** Starts git in a repository: in its git folder, or in a working copy. */
export type StartGit = (
	folder: string,
	args: readonly string[],
	gitDir?: '.' | '.git',
) => Promise<StartedGit>;

/**
 * simple-git would hold all output until the end, and could not ask about what it just heard. Throws
 * `computer-limit` when no more files can be opened.
 */
export const startGit = (
	folder: string,
	args: readonly string[],
	environment: Readonly<Record<string, string>>,
	[command, ...first]: GitProgram = ['git'],
): StartedGit => {
	const options = {cwd: folder, env: {GIT_DIR: '.', ...environment}};
	const git = spawn(command, [...first, ...args], options);
	const {stdin, stdout, stderr} = git;
	if (stdin === undefined) {
		// At this limit Node makes a process without streams, and only then says so.
		git.on('error', () => undefined);
		throw new FailureError({kind: 'computer-limit', lacks: 'files'});
	}

	// A git that ends at a damaged object no longer reads. Its answers tell how far it came.
	stdin.on('error', () => undefined);
	let words = '';
	stderr.on('data', (piece: Buffer) => {
		words = `${words}${piece.toString('utf8')}`.slice(-2000);
	});
	const ended = new Promise<{exitCode: number; words: string}>((resolve, reject) => {
		const fail = (detail: string): void => reject(new FailureError({kind: 'git-failed', detail}));
		git.on('error', (error) => {
			const limit = startLimit(codeOf(error));
			if (limit === undefined) {
				fail(error.message);
			} else {
				reject(limit);
			}
		});
		git.on('close', (exitCode, signal) =>
			exitCode === null ? fail(`it got ${signal}`) : resolve({exitCode, words}),
		);
	});
	ended.catch(() => undefined);
	return {stdin, stdout, stderr, kill: () => git.kill(), ended};
};

/** Throws `GitExit` if git did not end well. */
export const requireEnd = async ({ended}: StartedGit): Promise<void> => {
	const {exitCode, words} = await ended;
	if (exitCode !== 0) {
		throw new GitExit(exitCode, {stdout: '', stderr: words});
	}
};

/** The lines that each piece of an output completes, with a character for each byte. */
export async function* linesIn(
	output: AsyncIterable<Buffer>,
	end = '\n',
): AsyncGenerator<readonly string[]> {
	let rest = '';
	for await (const piece of output) {
		const lines = (rest + piece.toString('latin1')).split(end);
		rest = lines.pop() ?? '';
		yield lines;
	}
}
