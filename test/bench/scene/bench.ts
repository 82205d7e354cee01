import {type ChildProcess, type SpawnOptions, spawn} from 'node:child_process';
import {mkdirSync} from 'node:fs';
import {devNull} from 'node:os';
import {join} from 'node:path';
import type {Server} from '../server/start-server.ts';

/** Given to every case. */
export type Bench = {
	/** Temporary, removed at the end. */
	readonly folder: string;
	readonly server: Server;
	/** Smaller and fewer, to try the benchmark itself: the figures mean little. */
	readonly isQuick: boolean;
};

const running = new Set<ChildProcess>();

/** Ends the running programs of an interrupted benchmark. */
export const endChildren = (): void => {
	for (const child of running) {
		child.kill('SIGKILL');
	}
};

/** An environment without the settings of this machine's user. */
export const plainEnvironment = (folder: string): Record<string, string> => {
	const home = join(folder, 'home');
	mkdirSync(home, {recursive: true});
	return {
		PATH: process.env['PATH'] ?? '',
		HOME: home,
		TMPDIR: home,
		LC_ALL: 'C',
		GIT_CONFIG_NOSYSTEM: '1',
		GIT_CONFIG_GLOBAL: devNull,
		GIT_TERMINAL_PROMPT: '0',
	};
};

/**
 * Runs a program to its end, and gives the milliseconds of a core that it and everything it started
 * used. Throws unless it ends with 0.
 */
export const timeChild = async (
	command: string,
	words: readonly string[],
	options: SpawnOptions,
	input = '',
): Promise<number> => {
	const script = '"$@" || exit $?; times';
	const printed = await runChild('sh', ['-c', script, 'sh', command, ...words], options, input);
	// The shell's last line: user and system time of its children.
	const line = printed.trimEnd().split('\n').at(-1) ?? '';
	const times = [...line.matchAll(/(\d+)m([\d.]+)s/g)];
	return times.reduce(
		(sum, [, minutes, seconds]) => sum + Number(minutes) * 60_000 + Number(seconds) * 1000,
		0,
	);
};

/** Runs a program to its end, and gives its output. Throws unless it ends with 0. */
export const runChild = (
	command: string,
	words: readonly string[],
	options: SpawnOptions,
	input = '',
): Promise<string> =>
	new Promise((resolve, reject) => {
		const child = spawn(command, words, {...options, stdio: 'pipe'});
		const printed: Buffer[] = [];
		running.add(child);
		child.stdout?.on('data', (chunk: Buffer) => printed.push(chunk));
		child.stderr?.on('data', (chunk: Buffer) => printed.push(chunk));
		child.on('error', reject);
		child.on('close', (code) => {
			running.delete(child);
			const text = Buffer.concat(printed).toString();
			if (code === 0) {
				resolve(text);
			} else {
				reject(new Error(`${command} ${words.join(' ')} ended with ${code}:\n${text}`));
			}
		});
		child.stdin?.on('error', () => undefined);
		child.stdin?.end(input);
	});
