import {execFile} from 'node:child_process';
import {resolve} from 'node:path';
import {promisify} from 'node:util';
import {describe, expect, it} from 'vitest';

const execute = promisify(execFile);

/** Works on much of which each piece is held for a while, and tells the room that V8 gave to it. */
const work = (prepare: string): string => `
import {getHeapSpaceStatistics} from 'node:v8';
import {setImmediate as turn} from 'node:timers/promises';
${prepare}
const held = [];
for (let index = 0; index < 1500; index += 1) {
	held[index % 500] = Array.from({length: 1000}, (_, number) => ({number}));
	await turn();
}
const {space_size: room} = getHeapSpaceStatistics().find(({space_name: name}) => name === 'new_space');
process.stdout.write(String(room / 1024 / 1024));`;

const readRoom = async (prepare: string): Promise<number> => {
	const words = ['--input-type=module', '--eval', work(prepare)];
	return Number((await execute(process.execPath, words)).stdout);
};

describe('keepHeapSmall', () => {
	it('gives what lives for a moment less room than V8 would', async () => {
		const source = resolve('source/small-heap.ts');
		const [without, room] = await Promise.all([
			readRoom(''),
			readRoom(`import {keepHeapSmall} from ${JSON.stringify(source)};\nkeepHeapSmall();`),
		]);
		expect(room).toBeLessThan(without);
	});
});
