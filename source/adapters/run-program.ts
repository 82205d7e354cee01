import {type ChildProcessByStdio, spawn} from 'node:child_process';
import type {Readable} from 'node:stream';
import {toExcerpt} from '../domain/text/printable-text.ts';
import type {ProgramLine, RunProgram} from '../ports/programs.ts';
import {runMarker} from './git/environment.ts';

/** Characters of a line that are kept. */
const longestLine = 1000;

/** Milliseconds that output may still come after the program's end, from children that live on. */
const lastWords = 1000;

/** A process group of its own can be ended as a whole. Windows has none. */
const hasGroups = process.platform !== 'win32';

export const runProgram: RunProgram = (line, signal) =>
	new Promise((resolve, reject) => {
		signal.throwIfAborted();
		const child = start(line);
		if (child instanceof Error) {
			resolve(`could not be started: ${toExcerpt(child.message)}`);
			return;
		}

		const end = (): void => endGroup(child);
		signal.addEventListener('abort', end, {once: true});
		const settle = (problem: string | undefined): void => {
			signal.removeEventListener('abort', end);
			if (signal.aborted) {
				reject(signal.reason);
			} else {
				resolve(problem);
			}
		};

		passLines(child.stdout, line.onLine);
		passLines(child.stderr, line.onLine);
		child.once('error', (error) => settle(`could not be started: ${toExcerpt(error.message)}`));
		child.once('exit', () => {
			const timer = setTimeout(() => {
				child.stdout.destroy();
				child.stderr.destroy();
			}, lastWords);
			child.once('close', () => clearTimeout(timer));
		});
		child.once('close', (code, killer) => {
			if (code === 0) {
				settle(undefined);
			} else {
				settle(killer === null ? `ended with exit code ${code}` : `was ended by ${killer}`);
			}
		});
	});

/** Node throws some of the errors of a start, and tells others by an event. */
const start = ({
	words: [program = '', ...words],
	environment,
	run,
}: ProgramLine): ChildProcessByStdio<null, Readable, Readable> | Error => {
	try {
		return spawn(program, words, {
			stdio: ['ignore', 'pipe', 'pipe'],
			windowsHide: true,
			// Without a terminal of its own, it cannot wait for a password that is never typed.
			detached: hasGroups,
			env: {...environment, [runMarker]: run},
		});
	} catch (error) {
		return error instanceof Error ? error : new Error(String(error));
	}
};

const endGroup = (child: ChildProcessByStdio<null, Readable, Readable>): void => {
	if (!hasGroups || child.pid === undefined) {
		child.kill();
		return;
	}

	try {
		process.kill(-child.pid, 'SIGTERM');
	} catch {
		// The whole group has ended by itself.
	}
};

/** A carriage return begins a line too: programs draw their progress with it. */
const passLines = (stream: Readable, onLine: (text: string) => void): void => {
	let rest = '';
	const pass = (text: string): void => {
		if (text.trim() !== '') {
			onLine(text.slice(0, longestLine));
		}
	};

	stream.setEncoding('utf8').on('data', (part: string) => {
		const lines = (rest + part).split(/[\r\n]+/);
		rest = (lines.pop() ?? '').slice(0, longestLine);
		lines.forEach(pass);
	});
	stream.once('close', () => pass(rest));
};
