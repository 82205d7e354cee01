import {symlinkSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {findMarkedProcesses} from '../../source/adapters/files/processes.ts';
import {runProgram} from '../../source/adapters/run-program.ts';
import {makeTemporaryFolder} from '../helpers/temporary-folder.ts';

const run = async (
	words: readonly string[],
	{signal = new AbortController().signal, onLine = (_: string): void => {}} = {},
) => {
	const lines: string[] = [];
	const problem = await runProgram(
		{
			words,
			environment: {PATH: process.env['PATH'], ONLY: 'this'},
			run: `run-${process.pid}`,
			onLine: (text) => {
				lines.push(text);
				onLine(text);
			},
		},
		signal,
	);
	return {problem, lines};
};

const shell = (script: string): readonly string[] => ['sh', '-c', script];

describe('a program of the user', () => {
	it('gets its words as they are, its environment and no input', async () => {
		const {problem, lines} = await run([
			'sh',
			'-c',
			'echo "$1" "$ONLY" "$HOME."; cat',
			'x',
			'$(a b)',
		]);
		expect({problem, lines}).toEqual({problem: undefined, lines: ['$(a b) this .']});
	});

	it('is heard line by line, on both streams, with each step of a progress and without an endless line', async () => {
		const script =
			"printf '1 %%\\r2 %%\\r\\nlast'; printf 'oops\\n\\n' >&2; head -c 3000000 /dev/zero";
		const {lines} = await run(shell(script));
		expect(lines).toEqual(expect.arrayContaining(['1 %', '2 %', 'oops']));
		expect(lines.find((line) => line.startsWith('last'))).toHaveLength(1000);
	});

	it.each([
		['exit 7', 'ended with exit code 7'],
		['kill -KILL $$', 'was ended by SIGKILL'],
	])('that fails with %s says so', async (script, problem) => {
		expect(await run(shell(script))).toMatchObject({problem});
	});

	it('that cannot be started says so', async () => {
		const loop = join(makeTemporaryFolder(), 'loop');
		symlinkSync(loop, loop);
		for (const word of ['not-a-program-at-all', loop]) {
			expect((await run([word])).problem).toMatch(/^could not be started: /);
		}
	});

	it('is not waited for once it has ended, although a child of it goes on', async () => {
		const controller = new AbortController();
		const {lines, problem} = await run(shell('sleep 30 & echo $!'));
		expect(problem).toBeUndefined();
		process.kill(Number(lines[0]));
		controller.abort();
	});

	it('is ended with its children when the run is interrupted', async () => {
		const controller = new AbortController();
		const running = run(shell('(sleep 60; true) & echo ready; wait'), {
			signal: controller.signal,
			onLine: () => controller.abort(new Error('interrupted')),
		});
		await expect(running).rejects.toThrow('interrupted');
		expect(await findMarkedProcesses(`CISTERN_RUN=run-${process.pid}`)).toEqual([]);
	});
});
