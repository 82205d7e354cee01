import {randomBytes} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {makeAgents} from '../../../source/adapters/bitbucket/agents.ts';
import {openS3} from '../../../source/adapters/store/s3.ts';
import {Secret} from '../../../source/domain/settings/settings.ts';
import type {Store} from '../../../source/ports/store.ts';
import {hasRadosgw, startRadosgw} from '../../helpers/radosgw.ts';
import {bodyOf, describeStore, failureOf, fileOf, listAll, never, readAll} from './contract.ts';

const page = readFileSync(new URL('../../../docs/off-site.md', import.meta.url), 'utf8');

const isWanted = process.env['STORE_SERVER'] === 'radosgw';
if (isWanted && !hasRadosgw) {
	throw new Error('radosgw is not installed here: apt-get install ceph-mon ceph-osd radosgw');
}

/** `npm run store`: the same promises on a real server, which answers in its own way. */
describe.skipIf(!isWanted)('on radosgw (npm run store)', () => {
	let server: Awaited<ReturnType<typeof startRadosgw>>;
	beforeAll(async () => {
		server = await startRadosgw();
	}, 180_000);
	afterAll(() => server?.stop());

	const open = async (hasLock: boolean, retention?: number): Promise<Store> =>
		openAs(server.owner, await server.makeBucket(hasLock), retention);

	const openAs = (
		{accessKeyId, secretAccessKey}: typeof server.owner,
		bucket: string,
		retention?: number,
	): Store =>
		openS3(
			{
				title: 'offsite',
				endpoint: server.endpoint,
				region: 'us-east-1',
				bucket,
				prefix: 'cistern',
				pathStyle: true,
				keys: {
					kind: 'given',
					accessKeyId,
					secretAccessKey: new Secret(secretAccessKey),
					sessionToken: undefined,
				},
				retention,
			},
			{agents: makeAgents(), version: 'test'},
		);

	const resultsOf = async (store: Store) =>
		Object.fromEntries((await store.probe(never)).map(({tried, result}) => [tried, result]));

	describeStore('radosgw', {keepsFirst: true, many: 1050}, () => open(false));

	it('takes large objects in parts, and gives them back', async () => {
		const store = await open(true);
		const content = randomBytes(70_000_000);
		expect(await store.put('big', fileOf(content), never)).toBe('written');
		expect((await readAll(store, 'big')).equals(content)).toBe(true);
	});

	it('lets one of ten write a name', async () => {
		const store = await open(false);
		const results = await Promise.all(
			Array.from({length: 10}, (_, index) => store.put('once', bodyOf(`${index}`), never)),
		);
		expect(results.filter((result) => result === 'written')).toHaveLength(1);
	});

	it('lets a machine with the rights of docs/off-site.md write and list, and neither read nor delete', async () => {
		const [, json = ''] = /```json\n([\s\S]*?)```/.exec(page) ?? [];
		const bucket = await server.makeBucket(false);
		await server.allow(bucket, JSON.parse(json.replaceAll('acme-git', bucket)).Statement);
		const store = openAs(server.writer, bucket);

		expect(await store.put('index/1', bodyOf('one'), never)).toBe('written');
		expect(await store.put('big', fileOf(Buffer.alloc(70_000_000)), never)).toBe('written');
		expect((await listAll(store, '')).map(({name}) => name)).toEqual(['big', 'index/1']);
		const refused = {kind: 'store-refused', store: 'offsite', action: 'read'};
		expect(await failureOf(readAll(store, 'index/1'))).toMatchObject(refused);
		expect(await resultsOf(store)).toMatchObject({
			write: 'good',
			overwrite: 'risk',
			read: 'good',
			delete: 'good',
		});
	});

	it('has locks that the probe sees, and believes none that is not there', async () => {
		expect(await resultsOf(await open(true, 60_000))).toMatchObject({
			condition: 'good',
			overwrite: 'good',
			versions: 'good',
			retention: 'good',
			delete: 'good',
		});
		expect(await resultsOf(await open(false))).toMatchObject({
			condition: 'good',
			overwrite: 'risk',
			versions: 'risk',
			retention: 'risk',
			delete: 'risk',
		});
	});
});
