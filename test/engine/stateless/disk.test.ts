import {readdirSync} from 'node:fs';
import {join} from 'node:path';
import {expect, it} from 'vitest';
import {makeSource, runBackup} from '../../helpers/backup.ts';
import {keptIn} from '../../helpers/stateless.ts';
import {makeStore} from '../../helpers/store.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';
import {setUpWorkspace} from '../../helpers/workspace.ts';

const acme = setUpWorkspace();

it('the disk holds one repository after the other, and none in a night without news', async () => {
	for (const slug of ['api', 'core', 'web']) {
		await acme.add(slug);
	}

	const store = makeStore(join(makeTemporaryFolder(), 'store'));
	const run = async () => {
		const folder = makeTemporaryFolder();
		const packs: number[] = [];
		await runBackup(folder, [makeSource(acme.sandbox)], {
			clock: acme.clock,
			run: {...keptIn(store), concurrency: 1},
			onEvent: ({type}) => {
				if (type === 'repository-started' || type === 'repository-finished') {
					const names = readdirSync(folder, {recursive: true, encoding: 'utf8'});
					packs.push(names.filter((name) => name.endsWith('.pack')).length);
				}
			},
		});
		return {packs, left: readdirSync(join(folder, 'acme'))};
	};
	expect((await run()).packs).toEqual([0, 0, 0, 0, 0, 0]);
	expect(await run()).toEqual({packs: [0, 0, 0], left: ['.cistern']});
});
