import {existsSync, readFileSync} from 'node:fs';
import type {AddressInfo} from 'node:net';
import {join, resolve} from 'node:path';
import {createServer} from 'node:tls';
import {describe, expect, it, onTestFinished} from 'vitest';
import {makeKeyPair} from '../../../source/adapters/seal/age.ts';
import {exitCodes} from '../../../source/domain/failure/exit-code.ts';
import {describeFailure} from '../../../source/domain/failure/failure-table.ts';
import {contentPath} from '../../../source/domain/metadata/downloads.ts';
import {Secret, type Source, type StoreSettings} from '../../../source/domain/settings/settings.ts';
import {makeSource, runBackup} from '../../helpers/backup.ts';
import {machine, openBucket, owner, storeIn} from '../../helpers/bucket.ts';
import {sha256} from '../../helpers/lfs-files.ts';
import {addReader, pullRequestPath, readSaved} from '../../helpers/metadata.ts';
import {allowedBy, readPolicy} from '../../helpers/policy.ts';
import {s3Error} from '../../helpers/s3/answers.ts';
import type {S3Flavour} from '../../helpers/s3/bucket.ts';
import type {S3Entry} from '../../helpers/s3/s3.ts';
import {keptIn} from '../../helpers/stateless.ts';
import {fetchAll} from '../../helpers/store.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';
import {commitFile, forcePush, readOid, readRefs} from '../../helpers/upstream.ts';
import {setUpWorkspace} from '../../helpers/workspace.ts';

const acme = setUpWorkspace();

const makeKeys = async () => {
	const [recovery, runner] = [await makeKeyPair(), await makeKeyPair()];
	const seal = {recipients: [recovery.recipient], runner: new Secret(runner.identity)};
	return {recovery: recovery.identity, runner: runner.identity, seal};
};

const runStateless = (store: StoreSettings, runner: string, source: Partial<Source> = {}) =>
	runBackup(makeTemporaryFolder(), [makeSource(acme.sandbox, source)], {
		clock: acme.clock,
		run: keptIn(store, [runner]),
	});

/** Milliseconds. */
const minute = 60_000;

const flavours: readonly (readonly [what: string, flavour: Partial<S3Flavour>])[] = [
	['that refuses taken names', {}],
	['that knows no conditions', {conditions: 'refused', keepsVersions: false, locks: false}],
	['that lists new objects late', {listsAfter: minute}],
];

/** A request without ids and times. */
const describeRequest = ({method, key, query}: S3Entry): string =>
	`${method} ${key || query.get('prefix')}`
		.replace(/[\da-f-]{36}/, 'UUID')
		.replace(/\/\d{8}T[^/.]*(?:\.repo)?/, '/*');

it.each(flavours)(
	'a bucket %s keeps every night with the rights of docs/scale.md',
	async (_, flavour) => {
		let ahead = 0;
		const s3 = await openBucket({
			flavour,
			now: () => Date.now() + ahead,
			allows: allowedBy(readPolicy('scale.md')),
		});
		const keys = await makeKeys();
		const {path} = await acme.add('api');
		const night = async (): Promise<void> => {
			const {exitCode} = await runStateless(storeIn(s3, machine, keys.seal), keys.runner);
			expect(exitCode).toBe(exitCodes.done);
		};
		await night();
		ahead += minute;
		await commitFile(path);
		const lost = await readOid(path, 'main');
		await night();
		await forcePush(path);
		await night();

		expect(s3.bucket.violations).toEqual([]);
		expect(new Set(s3.log.map(describeRequest))).toEqual(
			new Set([
				'GET cistern/index/',
				'GET cistern/index/*.json.gz.age',
				'GET cistern/repos/UUID/*.step.age',
				'PUT cistern/index/*.json.gz.age',
				'PUT cistern/repos/UUID/*.step.age',
				'PUT cistern/repos/UUID/*.bundle.age',
			]),
		);
		ahead += minute;
		const folder = makeTemporaryFolder();
		await fetchAll(storeIn(s3, owner, keys.seal), folder, [keys.recovery]);
		const mirror = join(folder, 'acme', 'acme#api', 'repo');
		const refs = [...(await readRefs(mirror, 'refs/'))];
		expect(new Map(refs.filter(([ref]) => !ref.startsWith('refs/cistern/')))).toEqual(
			await readRefs(path, 'refs/'),
		);
		const kept = refs.filter(([ref]) => ref.startsWith('refs/cistern/kept/'));
		expect(kept.map(([, oid]) => oid)).toEqual([lost]);
	},
);

it('without one of these rights a run ends with 12, and counts nothing as saved', async () => {
	const allows = allowedBy(readPolicy('scale.md'));
	const s3 = await openBucket({allows});
	const keys = await makeKeys();
	const {path} = await acme.add('api');
	const store = storeIn(s3, machine, keys.seal);
	await runStateless(store, keys.runner);
	await commitFile(path);
	for (const [right, start] of [
		['s3:PutObject', 'cistern/'],
		['s3:ListBucket', ''],
		['s3:GetObject', 'cistern/index/'],
		['s3:GetObject', 'cistern/repos/'],
	] as const) {
		s3.addUser({
			...machine,
			allows: (action, key) => allows(action, key) && !(action === right && key.startsWith(start)),
		});
		const {exitCode, outcomes} = await runStateless(store, keys.runner);
		expect(exitCode, `${right} ${start}`).toBe(exitCodes.refused);
		expect(outcomes.get('acme/api')?.result).not.toBe('saved');
	}

	s3.addUser({...machine, allows});
	const {outcomes} = await runStateless(store, keys.runner);
	expect(outcomes.get('acme/api')).toMatchObject({result: 'saved', changes: {forwarded: 1}});
});

/** An address at which a certificate is shown that no authority of this computer has signed. */
const showOtherCertificate = async (): Promise<string> => {
	const read = (name: string): Buffer => readFileSync(resolve('test/fixtures/tls', name));
	const server = createServer({key: read('server.key'), cert: read('server.pem')});
	// The client hangs up in the middle.
	server.on('tlsClientError', () => {});
	await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
	onTestFinished(() => void server.close());
	return `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

it.each([
	['shows a certificate that is not trusted', showOtherCertificate, 'tls'],
	['is not found by its name', async () => 'https://store.invalid', 'name-lookup'],
])('a store that %s is named, and the next run goes on', async (_, findEndpoint, problem) => {
	const s3 = await openBucket();
	const keys = await makeKeys();
	const {path} = await acme.add('api');
	const good = storeIn(s3, machine, keys.seal);
	const bad = storeIn({...s3, endpoint: await findEndpoint()}, machine, keys.seal);
	await runStateless(good, keys.runner);
	await commitFile(path);
	const before = [...s3.bucket.contents().keys()];
	const {exitCode, reports} = await runStateless(bad, keys.runner);
	expect(exitCode).toBe((await acme.run({source: {stores: [bad]}})).exitCode);
	expect(exitCode).toBe(exitCodes.incomplete);
	const failure = reports[0]?.problem;
	expect(failure).toMatchObject({kind: 'network', problem});
	expect(failure && describeFailure(failure).what).toContain('the store offsite');
	expect([...s3.bucket.contents().keys()]).toEqual(before);
	const next = await runStateless(good, keys.runner);
	expect(next.exitCode).toBe(exitCodes.done);
	expect(next.outcomes.get('acme/api')).toMatchObject({result: 'saved', changes: {forwarded: 1}});
});

it('the rights of the docs read metadata, and no code and no file', () => {
	const allows = allowedBy(readPolicy('scale.md'));
	const mayRead = (name: string): boolean =>
		allows('s3:GetObject', `cistern/repos/d24057cc/20261129T020000123Z-5d12c7ae.${name}.age`);
	expect(['metadata.bundle', 'metadata.step', 'repo.step'].map(mayRead)).toEqual([
		true,
		true,
		true,
	]);
	const others = ['repo.bundle', 'wiki.bundle', 'metadata.ab12.file', 'lfs.ab12.file'];
	expect(others.map(mayRead)).toEqual([false, false, false, false]);
});

describe('metadata in a bucket with the rights of docs/scale.md', () => {
	const setUp = async () => {
		const allows = allowedBy(readPolicy('scale.md'));
		const s3 = await openBucket({allows});
		const keys = await makeKeys();
		const repository = await acme.add('api');
		const {account: by, source} = addReader(acme.sandbox);
		const {pullRequests, downloads} = acme.sandbox.metadata;
		const open = pullRequests.open(repository, {by});
		downloads.add(repository, {name: 'setup.exe', content: 'a large file', by});
		return {
			s3,
			allows,
			path: repository.path,
			comment: (text: string) => void pullRequests.comment(open, {by, text}),
			night: () => runStateless(storeIn(s3, machine, keys.seal), keys.runner, source),
			/** Brings everything back: the folder of the repository. */
			fetch: async () => {
				const folder = makeTemporaryFolder();
				await fetchAll(storeIn(s3, owner, keys.seal), folder, [keys.recovery]);
				return join(folder, 'acme', 'acme#api');
			},
		};
	};

	const isOfMetadata = (key: string): boolean => key.includes('.metadata.');

	it('ends a run with 12 where it may not be written or read, with 3 where there is no room, and the code counts', async () => {
		const {s3, allows, path, comment, night, fetch} = await setUp();
		await night();
		const refuse = (right: string): void =>
			s3.addUser({
				...machine,
				allows: (action, key) => allows(action, key) && !(action === right && isOfMetadata(key)),
			});
		const fill = (): void =>
			s3.addFault({
				fits: ({method, key}) => method === 'PUT' && isOfMetadata(key),
				act: {kind: 'answer', answer: s3Error(507, 'QuotaExceeded', 'The quota is exceeded.')},
			});
		for (const [strike, code] of [
			[() => refuse('s3:PutObject'), exitCodes.refused],
			[() => refuse('s3:GetObject'), exitCodes.refused],
			[fill, exitCodes.incomplete],
		] as const) {
			await commitFile(path);
			comment('Some words');
			strike();
			const {exitCode, outcomes} = await night();
			expect(exitCode).toBe(code);
			const saved = {result: 'saved', changes: {forwarded: 1}};
			expect(outcomes.get('acme/api')).toMatchObject(saved);
			s3.addUser({...machine, allows});
			s3.clearFaults();
		}

		const {exitCode, outcomes} = await night();
		expect(exitCode).toBe(exitCodes.done);
		expect(outcomes.get('acme/api')?.result).toBe('unchanged');
		const mirror = join(await fetch(), 'metadata');
		expect(readSaved(mirror, pullRequestPath(1, 'comments'))).toHaveLength(3);
	});

	it('is there where every answer to the keys, which cannot read it, was lost once', async () => {
		const {s3, path, night, fetch} = await setUp();
		const lost = new Set<string>();
		s3.addFault({
			fits: ({method, key}) => {
				if (method !== 'PUT' || lost.has(key)) {
					return false;
				}

				lost.add(key);
				return true;
			},
			act: {kind: 'lost-answer'},
		});
		expect((await night()).exitCode).toBe(exitCodes.done);
		const kinds = [...lost].map((key) => /\.(\w+)\.age$/.exec(key)?.[1]);
		expect(new Set(kinds)).toEqual(new Set(['bundle', 'step', 'file', 'gz']));
		expect(s3.bucket.violations).toEqual([]);
		const folder = await fetch();
		expect(await readOid(join(folder, 'repo'), 'main')).toBe(await readOid(path, 'main'));
		expect(readSaved(join(folder, 'metadata'), pullRequestPath(1, 'pull-request'))).toBeDefined();
		expect(existsSync(join(folder, contentPath(sha256('a large file'))))).toBe(true);
	});
});
