import {EventEmitter} from 'node:events';
import {Readable, Writable} from 'node:stream';
import {main} from '../../source/main.ts';
import type {Home, ProgramResult} from './program.ts';

/** A stream that is no terminal, and holds what is written to it. */
const createOutput = (): {stream: Writable; text: () => string} => {
	const chunks: Buffer[] = [];
	const stream = new Writable({
		write: (chunk: Buffer, _, done) => {
			chunks.push(chunk);
			done();
		},
	});
	return {stream, text: () => Buffer.concat(chunks).toString('utf8')};
};

/** A standard input: empty, or a terminal's at which these lines are typed. */
const createInput = (typed: string | undefined): Readable =>
	typed === undefined ? Readable.from([]) : Object.assign(Readable.from([typed]), {isTTY: true});

/**
 * `home.run` in this process, for tests that ask what the program does and not how it starts or
 * ends: a start costs as much as thirty gits. With `typed` there is a user at a terminal to ask.
 */
export const runHere = async (
	{folder, settings}: Pick<Home, 'folder' | 'settings'>,
	args: readonly string[],
	environment: Readonly<Record<string, string>> = {},
	typed?: string,
): Promise<ProgramResult> => {
	const [stdout, stderr] = [createOutput(), createOutput()];
	const {platform, ppid, execPath} = process;
	const program = Object.assign(new EventEmitter(), {
		...{platform, ppid, execPath},
		argv: [execPath, 'cistern', '--config', settings, ...args],
		env: {PATH: process.env['PATH'], HOME: folder, ...environment},
		stdin: createInput(typed),
		stdout: Object.assign(stdout.stream, {isTTY: typed !== undefined}),
		stderr: stderr.stream,
	});
	// Of a process, `main` uses these members alone.
	const exitCode = await main(program as unknown as NodeJS.Process);
	return {exitCode, signal: null, stdout: stdout.text(), stderr: stderr.text()};
};
