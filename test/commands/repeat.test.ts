import {describe, expect, it} from 'vitest';
import {repeat} from '../../source/commands/repeat.ts';
import {createFakeClock} from '../helpers/fake-clock.ts';

const hour = 3_600_000;

/** Hours after the start at which it ran, until the last of `results` was given. */
const play = async (results: readonly (number | Error)[], onRun = (_index: number): void => {}) => {
	const clock = createFakeClock();
	const started = clock.now();
	const over = new AbortController();
	const runs: number[] = [];
	const printed: unknown[] = [];
	const exitCode = await repeat(
		{world: {clock}, signal: over.signal, print: (error) => printed.push(error)},
		async () => {
			const index = runs.push((clock.now() - started) / hour) - 1;
			onRun(index);
			const result = results[index] ?? 0;
			if (index === results.length - 1) {
				over.abort();
			}

			if (result instanceof Error) {
				throw result;
			}

			return result as 0 | 3 | 130;
		},
	);
	return {runs, printed, exitCode};
};

describe('a backup that is repeated', () => {
	it('is tried at once, and then every hour', async () => {
		expect(await play([0, 3, 0])).toEqual({runs: [0, 1, 2], printed: [], exitCode: 0});
	});

	it('ends with the first error, and goes on after a later one', async () => {
		await expect(play([new Error('bad settings'), 0])).rejects.toThrow('bad settings');
		const error = new Error('no disk');
		expect(await play([0, error, 0])).toMatchObject({runs: [0, 1, 2], printed: [error]});
	});

	it('ends with 130 where a run was interrupted', async () => {
		expect((await play([0, 130])).exitCode).toBe(130);
	});
});
