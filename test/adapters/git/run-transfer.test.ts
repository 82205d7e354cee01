import {expect, it} from 'vitest';
import {runTransfer} from '../../../source/adapters/git/run-transfer.ts';

const {signal} = new AbortController();

it.each([
	['a server that nobody hears ten minutes to count its objects', undefined, '600'],
	['a server that tells how far it is the minute that all have', () => undefined, undefined],
])('gives %s', async (_, onProgress, silence) => {
	const given: unknown[] = [];
	await runTransfer(
		async ({variables}) => {
			given.push(variables?.['GIT_HTTP_LOW_SPEED_TIME']);
			return '';
		},
		{args: ['fetch'], folder: '/'},
		{signal, onProgress},
	);
	expect(given).toEqual([silence]);
});
