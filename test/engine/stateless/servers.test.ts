import {appendFileSync} from 'node:fs';
import {join} from 'node:path';
import {text} from 'node:stream/consumers';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {makeKeyPair} from '../../../source/adapters/seal/age.ts';
import {exitCodes} from '../../../source/domain/failure/exit-code.ts';
import {Secret} from '../../../source/domain/settings/settings.ts';
import {isInRange, rangeOf} from '../../../source/domain/store/shard.ts';
import {runPool} from '../../../source/engine/retry/pool.ts';
import {putListing, readNewestListing} from '../../../source/engine/store/listing.ts';
import type {SandboxRepository} from '../../../source/sandbox/model.ts';
import {auditStore, rebuildStates} from '../../helpers/audit-store.ts';
import {makeSource, runBackup} from '../../helpers/backup.ts';
import {printStore, storeIn} from '../../helpers/bucket.ts';
import {addReader, pullRequestPath, readSaved} from '../../helpers/metadata.ts';
import {readPolicy} from '../../helpers/policy.ts';
import {makeHome} from '../../helpers/program.ts';
import {requireRadosgw, startRadosgw} from '../../helpers/radosgw.ts';
import {keptIn} from '../../helpers/stateless.ts';
import {fetchAll, fetchBackup, openFetching} from '../../helpers/store.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';
import {commitFile, forcePush, git, readOid, readRefs} from '../../helpers/upstream.ts';
import {setUpWorkspace} from '../../helpers/workspace.ts';

const wanted = (process.env['STORE_SERVERS'] ?? '').split(' ');

const acme = setUpWorkspace();

const idOf = ({uuid}: SandboxRepository): string => uuid.slice(1, -1);

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
		const api = await acme.add('api');
		const {path} = api;
		const {account: by, source} = addReader(acme.sandbox);
		const {pullRequests, downloads} = acme.sandbox.metadata;
		const open = pullRequests.open(api, {by});
		downloads.add(api, {name: 'setup.exe', content: 'a large file', by});
		for (const change of [commitFile, forcePush, async () => {}]) {
			pullRequests.comment(open, {by, text: 'Some words'});
			const {exitCode, events} = await runBackup(
				makeTemporaryFolder(),
				[makeSource(acme.sandbox, source)],
				{clock: acme.clock, run: keptIn(store, [runner.identity])},
			);
			expect(exitCode).toBe(exitCodes.done);
			// It would say that it could not read its metadata.
			expect(events.filter(({type}) => type === 'noticed')).toEqual([]);
			await change(path);
		}

		const reading = openFetching(store, [runner.identity]);
		const {store: opened, signal, digest} = reading;
		const place = {workspace: 'acme', now: acme.clock.now(), digest};
		await putListing(reading, place, ['a listing\n']);
		expect(await readNewestListing(reading, place, text)).toBe('a listing\n');
		const names: string[] = [];
		for await (const {name} of opened.list('', {signal})) {
			names.push(name);
		}

		for (const kind of ['.repo.bundle', '.file']) {
			const name = names.find((one) => one.includes(kind)) ?? expect.fail(kind);
			await expect(opened.get(name, signal)).rejects.toMatchObject({
				failure: {kind: 'store-refused', action: 'read'},
			});
		}

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
		const metadata = join(folder, 'acme', 'acme#api', 'metadata');
		expect(readSaved(metadata, pullRequestPath(1, 'comments'))).toHaveLength(3);
	});

	it('sixteen pods, four at once, keep every night, also when one is killed and started again', async () => {
		const bucketName = await server.makeBucket(false);
		const bucket = {endpoint: server.endpoint, region: 'us-east-1', bucketName};
		const home = makeHome(acme.sandbox, {lfs: 'ignore'});
		appendFileSync(home.settings, printStore(bucket, server.owner));
		const repositories: SandboxRepository[] = [];
		for (let number = 0; number < 24; number += 1) {
			repositories.push(await acme.add(`repository-${number}`));
		}

		/** As Kubernetes starts the pods of an Indexed Job: `backoffLimitPerIndex: 1`. */
		const night = async (struck?: SandboxRepository): Promise<void> => {
			const listed = await home.run(['list', '--to', 'offsite']);
			expect(listed.exitCode, listed.stderr).toBe(exitCodes.done);
			const start = (index: number) => {
				const line = 'exec "$@" --shard "$((JOB_COMPLETION_INDEX + 1))/16" --listing offsite';
				const words = ['--yes', '--stateless', '--store', 'offsite'];
				return home.start(words, {JOB_COMPLETION_INDEX: `${index}`}, ['sh', '-c', line, 'pod']);
			};
			let kills = 0;
			await runPool(
				Array.from({length: 16}, (_, index) => index),
				4,
				async (index) => {
					const pod = start(index);
					if (
						struck !== undefined &&
						isInRange(rangeOf({index: index + 1, of: 16}), idOf(struck))
					) {
						acme.sandbox.addFault({
							match: {service: 'git', method: 'POST', repository: `acme/${struck.slug}`},
							times: 1,
							answer: {kind: 'meanwhile', run: () => void pod.child.kill('SIGKILL')},
						});
					}

					const first = await pod.result;
					kills += first.signal === 'SIGKILL' ? 1 : 0;
					const {exitCode, stderr} = first.exitCode === null ? await start(index).result : first;
					expect(exitCode, stderr).toBe(exitCodes.done);
				},
			);
			expect(kills).toBe(struck === undefined ? 0 : 1);
			await auditStore(storeIn(bucket, server.owner));
		};
		await night();
		const [struck, renamed, deleted, ...others] = repositories as [
			SandboxRepository,
			SandboxRepository,
			SandboxRepository,
			...SandboxRepository[],
		];
		acme.sandbox.renameRepository(renamed, 'renamed');
		acme.sandbox.deleteRepository(deleted);
		await acme.add(deleted.slug);
		for (const {path} of [struck, renamed, ...others.slice(0, 6)]) {
			await commitFile(path);
		}

		await night(struck);
		const folder = makeTemporaryFolder();
		const {failed} = await fetchBackup(storeIn(bucket, server.owner), folder, acme.clock);
		expect(failed).toEqual(new Map());
		const {exitCode, outcomes} = await runBackup(folder, [makeSource(acme.sandbox)], {
			clock: acme.clock,
		});
		expect(exitCode).toBe(exitCodes.done);
		expect([...outcomes.values()].filter(({result}) => result !== 'unchanged')).toEqual([]);
		expect(outcomes.size).toBe(24);
		// One of each repository, of each that changed, and of the one that is gone.
		expect(await rebuildStates(storeIn(bucket, server.owner))).toHaveLength(25 + 8 + 1);
	}, 600_000);
});
