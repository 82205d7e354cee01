import {readdirSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, it} from 'vitest';
import {exitCodes} from '../../../source/domain/failure/exit-code.ts';
import type {StoreSettings} from '../../../source/domain/settings/settings.ts';
import {isFetchedWhole} from '../../../source/domain/store/outcome.ts';
import type {IndexEntry} from '../../../source/domain/store/store-index.ts';
import {day} from '../../../source/domain/text/format.ts';
import {fetchRepository} from '../../../source/engine/store/fetch-repository.ts';
import {readIndexes} from '../../../source/engine/store/read-store.ts';
import {makeSource, runBackup} from '../../helpers/backup.ts';
import {pointerTo} from '../../helpers/lfs-files.ts';
import {keptIn} from '../../helpers/stateless.ts';
import {fetchBackup, makeStore, openFetching} from '../../helpers/store.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';
import {commitFile, forcePush, readOid, readRefs} from '../../helpers/upstream.ts';
import {setUpWorkspace} from '../../helpers/workspace.ts';

const acme = setUpWorkspace();

const night = async (store: StoreSettings): Promise<void> => {
	const {exitCode} = await runBackup(makeTemporaryFolder(), [makeSource(acme.sandbox)], {
		clock: acme.clock,
		run: keptIn(store),
	});
	expect(exitCode).toBe(exitCodes.done);
	acme.clock.advance(day);
};

it.each(['damaged', 'gone'])(
	'the newest state comes back where an object from before the last full one is %s, which is named',
	async (how) => {
		const place = join(makeTemporaryFolder(), 'store');
		const store = makeStore(place, {fullAfter: 2 * day});
		const {path, uuid} = await acme.add('api');
		await night(store);
		await commitFile(path);
		await night(store);
		await forcePush(path);
		await night(store);
		const seen = await readOid(path, 'main');
		await forcePush(path);
		await night(store);

		const objects = join(place, 'repos', uuid.slice(1, -1));
		const [steps, bundles] = ['.step', '.repo.bundle'].map((end) =>
			readdirSync(objects)
				.filter((name) => name.endsWith(end))
				.toSorted(),
		);
		const [first = '', , , last = ''] = bundles ?? [];
		const harm = (name: string): void => {
			if (how === 'gone') {
				rmSync(join(objects, name));
			} else {
				writeFileSync(join(objects, name), 'something else');
			}
		};
		harm(first);
		const folder = makeTemporaryFolder();
		const end = await fetchBackup(store, folder, acme.clock);
		expect(end.failed).toEqual(new Map());
		const kind = how === 'gone' ? 'object-missing' : 'object-damaged';
		const named = (name = '') => [
			{repository: 'acme/api', failure: {kind, name: expect.stringContaining(name)}},
		];
		expect(end.lost).toMatchObject(named(first));
		expect(isFetchedWhole(end)).toBe(how === 'gone');
		const repeated = await fetchBackup(store, folder, acme.clock);
		expect(repeated).toMatchObject({fetched: 0, there: 1, lost: []});
		const mirror = join(folder, 'acme', 'acme#api', 'repo');
		const refs = await readRefs(mirror, 'refs/');
		expect(refs.get('refs/heads/main')).toBe(await readOid(path, 'main'));
		const kept = [...refs].filter(([ref]) => ref.startsWith('refs/cistern/kept/'));
		expect(kept.map(([, oid]) => oid)).toEqual([seen]);

		const [oldest = ''] = steps ?? [];
		harm(oldest);
		const {lost} = await fetchBackup(store, makeTemporaryFolder(), acme.clock);
		expect(lost).toMatchObject(named(oldest));

		harm(last);
		const again = await fetchBackup(store, makeTemporaryFolder(), acme.clock);
		expect([...again.failed]).toMatchObject([['acme/api', {kind}]]);
	},
);

it('a folder that is fetched after two runs at once looks for all LFS files again', async () => {
	const store = makeStore(join(makeTemporaryFolder(), 'store'));
	const repository = await acme.add('api');
	const heads: string[] = [];
	const read = async (): Promise<{uuid: string; entry: Pick<IndexEntry, 'folder' | 'parts'>}> => {
		const found = (await readIndexes(openFetching(store))).get('acme');
		const [[uuid, entry] = []] = Object.entries(found?.repos ?? {});
		return {uuid: uuid ?? '', entry: entry ?? {folder: '', parts: {}}};
	};
	for (const content of ['one', 'two']) {
		acme.sandbox.putLfs(repository, content);
		await commitFile(repository.path, {file: `${content}.psd`, content: pointerTo(content)});
		await night(store);
		heads.push(...((await read()).entry.parts['lfs']?.heads ?? []));
	}

	const {uuid, entry} = await read();
	const fetchLfs = async (lfs: readonly string[]): Promise<unknown> => {
		const {lfs: chain, ...parts} = entry.parts;
		const both = chain === undefined ? parts : {...parts, lfs: {...chain, heads: lfs}};
		const folder = join(makeTemporaryFolder(), 'api');
		const {record} = await fetchRepository(
			openFetching(store),
			uuid,
			{...entry, parts: both},
			folder,
		);
		return record.parts['lfs'];
	};
	expect(await fetchLfs(heads.slice(1))).toHaveProperty('looked');
	expect(await fetchLfs(heads)).not.toHaveProperty('looked');
});
