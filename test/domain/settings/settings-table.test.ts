import {describe, expect, it} from 'vitest';
import {writeExample} from '../../../source/domain/settings/settings-example.ts';
import {rowsOf} from '../../../source/domain/settings/settings-table.ts';
import {load} from '../../helpers/load-settings.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';

const settingsExample = writeExample();

describe('the example of a settings file', () => {
	it('works once its variable is set', async () => {
		const settings = await load({
			home: makeTemporaryFolder(),
			file: settingsExample,
			environment: {BITBUCKET_TOKEN: 'ATATT3xFfGF0abc'},
		});
		expect(settings).toMatchObject({
			sources: [{title: 'acme', credential: {kind: 'api-token', gitUser: 'ann'}}],
			removeDeletedRepos: false,
			notices: [],
		});
	});

	it('works with every optional key set', async () => {
		const file = settingsExample
			.replace(/^ +password: .*\n/m, '')
			.replace(/# passwordCommand: .*/, 'passwordCommand: echo ATATTx')
			.replaceAll(
				/# (concurrency|maxWait|tokenExpires|includeRepos|ignoreRepos|lfs|apiUrl):/g,
				'$1:',
			);
		const {sources, concurrency, maxWait} = await load({home: makeTemporaryFolder(), file});
		expect(concurrency).toBe(8);
		expect(maxWait).toBe(30 * 60_000);
		expect(sources).toMatchObject([
			{
				includeRepos: ['api', 'web-*'],
				ignoreRepos: ['playground-*'],
				ofParts: {lfs: 'report'},
				tokenExpires: '2027-03-01',
			},
		]);
	});

	it('shows every key that has an effect', () => {
		const keys = (['top', 'options', 'backup', 'source'] as const).flatMap((section) =>
			rowsOf(section).map(([key]) => key),
		);
		expect(keys.filter((key) => !settingsExample.includes(`${key}:`))).toEqual([]);
	});
});
