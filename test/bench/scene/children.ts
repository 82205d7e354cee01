import {type ChildProcess, type SpawnOptions, spawn} from 'node:child_process';
import {mkdirSync} from 'node:fs';
import {devNull} from 'node:os';
import {join} from 'node:path';

const running = new Set<ChildProcess>();

/** For when the benchmark is interrupted. */
export const endChildren = (): void => {
	for (const child of running) {
		child.kill('SIGKILL');
	}
};

/** Nothing of this machine's user decides what is measured. */
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

/** Runs a program to its end and gives what it printed. Throws where it does not end with 0. */
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
