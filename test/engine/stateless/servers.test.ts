import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {makeKeyPair} from '../../../source/adapters/seal/age.ts';
import {exitCodes} from '../../../source/domain/failure/exit-code.ts';
import {Secret} from '../../../source/domain/settings/settings.ts';
import {makeSource, runBackup} from '../../helpers/backup.ts';
import {storeIn} from '../../helpers/bucket.ts';
import {readPolicy} from '../../helpers/policy.ts';
import {requireRadosgw, startRadosgw} from '../../helpers/radosgw.ts';
import {keptIn} from '../../helpers/stateless.ts';
import {fetchAll, openFetching} from '../../helpers/store.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';
import {commitFile, forcePush, git, readOid, readRefs} from '../../helpers/upstream.ts';
import {setUpWorkspace} from '../../helpers/workspace.ts';

const wanted = (process.env['STORE_SERVERS'] ?? '').split(' ');

const acme = setUpWorkspace();

describe.skipIf(!wanted.includes('radosgw'))('without a folder, on radosgw (npm run store)', () => {
	let server: Awaited<ReturnType<typeof startRadosgw>>;
	beforeAll(async () => {
		requireRadosgw();
		server = await startRadosgw();
	}, 180_000);
	afterAll(() => server?.stop());

	it('every night is kept with the rights of docs/scale.md, which open no bundle and delete nothing', async () => {
		const bucketName = await server.makeBucket(false);
		await server.allow(bucketName, readPolicy('scale.md', bucketName));
		const bucket = {endpoint: server.endpoint, region: 'us-east-1', bucketName};
		const [recovery, runner] = [await makeKeyPair(), await makeKeyPair()];
		const seal = {recipients: [recovery.recipient], runner: new Secret(runner.identity)};
		const store = storeIn(bucket, server.writer, seal);
		const {path} = await acme.add('api');
		for (const change of [commitFile, forcePush, async () => {}]) {
			const {exitCode} = await runBackup(makeTemporaryFolder(), [makeSource(acme.sandbox)], {
				clock: acme.clock,
				run: keptIn(store, [runner.identity]),
			});
			expect(exitCode).toBe(exitCodes.done);
			await change(path);
		}

		const {store: opened, signal} = openFetching(store);
		const names: string[] = [];
		for await (const {name} of opened.list('', {signal})) {
			names.push(name);
		}

		const [bundle = ''] = names.filter((name) => name.includes('.bundle'));
		await expect(opened.get(bundle, signal)).rejects.toMatchObject({
			failure: {kind: 'store-refused', action: 'read'},
		});
		const {delete: deletion, read} = Object.fromEntries(
			(await opened.probe(signal)).map(({tried, result}) => [tried, result]),
		);
		expect({deletion, read}).toEqual({deletion: 'good', read: 'good'});

		// On Ceph an object is its writer's, so these keys get the rights of the machine that reads.
		const Resource = [`arn:aws:s3:::${bucketName}`, `arn:aws:s3:::${bucketName}/*`];
		const Action = ['s3:ListBucket', 's3:GetObject'];
		await server.allow(bucketName, [{Effect: 'Allow', Action, Resource}]);
		const folder = makeTemporaryFolder();
		await fetchAll(store, folder, [recovery.identity]);
		const mirror = join(folder, 'acme', 'acme#api', 'repo');
		expect(await git(mirror, 'fsck', '--full')).toBe('');
		expect(await readOid(mirror, 'main')).toBe(await readOid(path, 'main'));
		const kept = await readRefs(mirror, 'refs/cistern/kept/');
		expect(kept.size).toBe(1);
	});
});
