import {randomBytes} from 'node:crypto';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {makeAgents} from '../../../source/adapters/bitbucket/agents.ts';
import {openS3} from '../../../source/adapters/store/s3.ts';
import {Secret} from '../../../source/domain/settings/settings.ts';
import type {Store} from '../../../source/ports/store.ts';
import {hasRadosgw, startRadosgw} from '../../helpers/radosgw.ts';
import {bodyOf, describeStore, fileOf, never, readAll} from './contract.ts';

const isWanted = process.env['STORE_SERVER'] === 'radosgw';
if (isWanted && !hasRadosgw) {
	throw new Error('radosgw is not installed here: apt-get install ceph-mon ceph-osd radosgw');
}

/** `npm run store`: the same promises on a real server, whose answers nobody here has written. */
describe.skipIf(!isWanted)('on radosgw (npm run store)', () => {
	let server: Awaited<ReturnType<typeof startRadosgw>>;
	beforeAll(async () => {
		server = await startRadosgw();
	}, 180_000);
	afterAll(() => server?.stop());

	const open = async (hasLock: boolean, retention?: number): Promise<Store> =>
		openS3(
			{
				title: 'offsite',
				endpoint: server.endpoint,
				region: 'us-east-1',
				bucket: await server.makeBucket(hasLock),
				prefix: 'cistern',
				pathStyle: true,
				keys: {
					kind: 'given',
					accessKeyId: server.keys.accessKeyId,
					secretAccessKey: new Secret(server.keys.secretAccessKey),
					sessionToken: undefined,
				},
				retention,
			},
			{agents: makeAgents(), environment: process.env, version: 'test'},
		);

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

	it('has locks that the probe sees, and believes none that is not there', async () => {
		const resultsOf = async (store: Store) =>
			Object.fromEntries((await store.probe(never)).map(({tried, result}) => [tried, result]));
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
