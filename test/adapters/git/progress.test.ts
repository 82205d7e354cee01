import {describe, expect, it} from 'vitest';
import {createProgressReader, parseProgressLine} from '../../../source/adapters/git/progress.ts';
import type {Progress} from '../../../source/domain/run/events.ts';

const printed =
	'remote: Enumerating objects: 4, done.        \n' +
	'remote: Counting objects:  25% (1/4)        \rremote: Counting objects: 100% (4/4), done.        \n' +
	'Receiving objects:  64% (64/100), 210.00 MiB | 12.00 MiB/s\rReceiving objects: 100% (100/100), 330.00 MiB | 12.50 MiB/s, done.\n' +
	'Resolving deltas:  12% (1/8)\rResolving deltas: 100% (8/8), done.\n';

describe('a line of progress', () => {
	it.each<[string, Progress | undefined]>([
		['remote: Counting objects:  25% (1/4)', {stage: 'counting', percent: 25}],
		['remote: Compressing objects: 100% (3/3), done.', {stage: 'compressing', percent: 100}],
		[
			'Receiving objects:  64% (64/100), 210.00 MiB | 12.00 MiB/s',
			{stage: 'receiving', percent: 64, bytes: 220_200_960, bytesPerSecond: 12_582_912},
		],
		['Receiving objects:   3% (1/33)', {stage: 'receiving', percent: 3}],
		['Resolving deltas:  12% (1/8)', {stage: 'resolving', percent: 12}],
		['From http://127.0.0.1/acme/api', undefined],
		['remote: 100% (1/1) of your base are belong to us', undefined],
	])('%j says %j', (line, progress) => {
		expect(parseProgressLine(line)).toEqual(progress);
	});
});

describe('the reader of progress', () => {
	it('ends with the same wherever the text is cut', () => {
		for (let cut = 0; cut <= printed.length; cut += 1) {
			const seen: Progress[] = [];
			const read = createProgressReader({onProgress: (progress) => seen.push(progress)});
			read(printed.slice(0, cut));
			read(printed.slice(cut));
			expect(seen.at(-1)).toEqual({stage: 'resolving', percent: 100});
		}
	});

	it('tells the latest of each piece', () => {
		const seen: Progress[] = [];
		createProgressReader({onProgress: (progress) => seen.push(progress)})(printed);
		expect(seen).toEqual([{stage: 'resolving', percent: 100}]);
	});
});
