import {spawnSync} from 'node:child_process';
import {randomBytes} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {makeAgents} from '../../../source/adapters/network/agents.ts';
import {openS3} from '../../../source/adapters/store/s3.ts';
import {Secret} from '../../../source/domain/settings/settings.ts';
import type {Store} from '../../../source/ports/store.ts';
import {requireRadosgw, startRadosgw} from '../../helpers/radosgw.ts';
import {requireSwift, startSwift} from '../../helpers/swift.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';
import {bodyOf, describeStore, failureOf, fileOf, listAll, never, readAll} from './contract.ts';

const page = readFileSync(new URL('../../../docs/off-site.md', import.meta.url), 'utf8');

const wanted = (process.env['STORE_SERVERS'] ?? '').split(' ');

const hasAws = wanted.includes('radosgw') && spawnSync('aws', ['--version']).status === 0;

type Keys = {readonly accessKeyId: string; readonly secretAccessKey: string};

const openAs = (
	{accessKeyId, secretAccessKey}: Keys,
	{endpoint, bucket, retention}: {endpoint: string; bucket: string; retention?: number},
): Store =>
	openS3(
		{
			title: 'offsite',
			endpoint,
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

/** `npm run store`: the same promises on real servers, which answer in their own ways. */
describe.skipIf(!wanted.includes('radosgw'))('on radosgw (npm run store)', () => {
	let server: Awaited<ReturnType<typeof startRadosgw>>;
	beforeAll(async () => {
		requireRadosgw();
		server = await startRadosgw();
	}, 180_000);
	afterAll(() => server?.stop());

	const open = async (hasLock: boolean, retention?: number): Promise<Store> => {
		const bucket = await server.makeBucket(hasLock);
		const place = {endpoint: server.endpoint, bucket};
		return openAs(server.owner, retention === undefined ? place : {...place, retention});
	};

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
		const store = openAs(server.writer, {endpoint: server.endpoint, bucket});

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

	it.skipIf(!hasAws)(
		`is brought to a folder by the line of docs/off-site.md${hasAws ? '' : ' (left out: the aws program is not installed here)'}`,
		async () => {
			const bucket = await server.makeBucket(false);
			const store = openAs(server.owner, {endpoint: server.endpoint, bucket});
			await store.put('index/1', bodyOf('one'), never);
			await store.put('repos/a/2', bodyOf('two'), never);
			const [line = ''] = /^aws s3 sync .*$/m.exec(page) ?? [];
			const folder = makeTemporaryFolder();
			const {status, stderr} = spawnSync('sh', ['-euc', line.replace('acme-git', bucket)], {
				env: {
					...process.env,
					store: folder,
					AWS_ENDPOINT_URL: server.endpoint,
					AWS_ACCESS_KEY_ID: server.owner.accessKeyId,
					AWS_SECRET_ACCESS_KEY: server.owner.secretAccessKey,
					AWS_DEFAULT_REGION: 'us-east-1',
				},
				encoding: 'utf8',
			});
			expect(status, stderr).toBe(0);
			expect(readFileSync(join(folder, 'index/1'), 'utf8')).toBe('one');
			expect(readFileSync(join(folder, 'repos/a/2'), 'utf8')).toBe('two');
		},
	);

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

describe.skipIf(!wanted.includes('swift'))(
	'on Swift, which knows no conditions (npm run store)',
	() => {
		let server: Awaited<ReturnType<typeof startSwift>>;
		beforeAll(async () => {
			requireSwift();
			server = await startSwift();
		}, 180_000);
		afterAll(() => server?.stop());

		const open = async (retention?: number): Promise<Store> => {
			const place = {endpoint: server.endpoint, bucket: await server.makeBucket(false)};
			return openAs(server.owner, retention === undefined ? place : {...place, retention});
		};

		describeStore('Swift', {keepsFirst: false, many: 1050}, () => open());

		it('takes large objects in parts, and gives them back', async () => {
			const store = await open();
			const content = randomBytes(70_000_000);
			expect(await store.put('big', fileOf(content), never)).toBe('written');
			expect((await readAll(store, 'big')).equals(content)).toBe(true);
		});

		it('says yes to a lock and sets none, which the probe sees', async () => {
			expect(await resultsOf(await open(60_000))).toMatchObject({
				write: 'good',
				condition: 'good',
				overwrite: 'risk',
				versions: 'risk',
				retention: 'risk',
				read: 'risk',
				delete: 'risk',
			});
		});
	},
);
