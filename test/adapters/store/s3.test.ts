import {randomBytes} from 'node:crypto';
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it, onTestFinished} from 'vitest';
import {makeAgents} from '../../../source/adapters/network/agents.ts';
import {openS3} from '../../../source/adapters/store/s3.ts';
import {isPassing} from '../../../source/domain/failure/failure-table.ts';
import {type S3Place, Secret} from '../../../source/domain/settings/settings.ts';
import type {Store} from '../../../source/ports/store.ts';
import {allowedBy, readPolicy} from '../../helpers/policy.ts';
import {s3Error, xmlAnswer} from '../../helpers/s3/answers.ts';
import type {S3Flavour} from '../../helpers/s3/bucket.ts';
import {type S3Fault, type SandboxS3, startS3} from '../../helpers/s3/s3.ts';
import type {S3User} from '../../helpers/s3/signature.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';
import {bodyOf, describeStore, failureOf, fileOf, listAll, never, readAll} from './contract.ts';

const ann: S3User = {accessKeyId: 'AKIDANN', secretAccessKey: 'secret/of+ann'};

/** The rights that docs/off-site.md gives a machine that backs up. */
const ofMachine = allowedBy(readPolicy('off-site.md'));

const keysOf = ({accessKeyId, secretAccessKey, sessionToken}: S3User): S3Place['keys'] => ({
	kind: 'given',
	accessKeyId,
	secretAccessKey: new Secret(secretAccessKey),
	sessionToken: sessionToken === undefined ? undefined : new Secret(sessionToken),
});

const open = async (
	flavour: Partial<S3Flavour> = {},
	place: Partial<S3Place> = {},
): Promise<{s3: SandboxS3; store: Store}> => {
	const s3 = await startS3({flavour});
	onTestFinished(s3.close);
	s3.addUser(ann);
	const store = openS3(
		{
			title: 'offsite',
			endpoint: s3.endpoint,
			region: s3.region,
			bucket: s3.bucketName,
			prefix: 'cistern',
			pathStyle: true,
			keys: keysOf(ann),
			retention: undefined,
			...place,
		},
		{agents: makeAgents(), version: 'test'},
		{largestPut: 400_000, part: 150_000},
	);
	return {s3, store};
};

const small = {pageSize: 7} as const;
const ruled = {hasLockRule: true, keepsVersions: false, locks: false} as const;
const many = 24;

describeStore('S3 as AWS does it', {keepsFirst: true, many}, async () => (await open(small)).store);
describeStore(
	'S3 that refuses conditions, without versions and locks',
	{keepsFirst: false, many},
	async () =>
		(await open({...small, conditions: 'refused', keepsVersions: false, locks: false})).store,
);
describeStore(
	'S3 that ignores conditions, in a bucket without prefix',
	{keepsFirst: false, many},
	async () => (await open({...small, conditions: 'ignored'}, {prefix: ''})).store,
);
describeStore(
	'S3 below a prefix of unusual letters',
	{keepsFirst: true, many: 3},
	async () => (await open(small, {prefix: "it's (a) + b/100% ~é*!"})).store,
);

describeStore(
	'S3 with a lock rule, as Cloudflare R2 has them',
	{keepsFirst: true, many},
	async () => (await open({...small, ...ruled})).store,
);

const answer = (status: number, code: string, headers = {}): S3Fault['act'] => {
	const given = s3Error(status, code, `${code} happened`);
	return {kind: 'answer', answer: {...given, headers: {...given.headers, ...headers}}};
};

const put = (store: Store, content = 'content') => store.put('index/1', bodyOf(content), never);

describe('writing to S3', () => {
	it('finds its own object after an answer that was lost, also where the check sum is none of the content', async () => {
		for (const [size, flavour] of [
			[10, {}],
			[500_000, {}],
			[10, ruled],
			[500_000, ruled],
		] as const) {
			const {s3, store} = await open(flavour);
			const body = fileOf(randomBytes(size));
			const isEnd = ({method, query}: SandboxS3['log'][number]): boolean =>
				size === 10 ? method === 'PUT' : method === 'POST' && query.has('uploadId');
			s3.addFault({fits: isEnd, times: 1, act: {kind: 'lost-answer'}});

			expect(await failureOf(store.put('a', body, never))).toMatchObject({kind: 'network'});
			expect(await store.put('a', body, never)).toBe('written');
			expect(s3.bucket.violations).toEqual([]);
			expect(s3.bucket.uploads.size).toBe(0);
			expect(s3.bucket.contents().get('cistern/a')).toHaveLength(size);
		}
	});

	it('sends a large object in parts, and leaves none of them behind when one fails', async () => {
		const {s3, store} = await open();
		s3.addUser({...ann, allows: ofMachine});
		const content = randomBytes(500_000);
		const isThird = ({query}: SandboxS3['log'][number]): boolean => query.get('partNumber') === '3';
		s3.addFault({fits: isThird, times: 1, act: {kind: 'cut-body'}});

		expect(await failureOf(store.put('a', fileOf(content), never))).toMatchObject({
			kind: 'network',
			store: 'offsite',
		});
		expect(s3.bucket.uploads.size).toBe(0);
		expect(await store.put('a', fileOf(content), never)).toBe('written');
		expect(s3.bucket.contents().get('cistern/a')?.equals(content)).toBe(true);
		expect(await store.put('a', bodyOf('other'), never)).toBe('exists');
	});

	it('asks a store only once whether it knows conditions', async () => {
		const {s3, store} = await open({conditions: 'refused'});
		await store.put('a', bodyOf('a'), never);
		await store.put('b', bodyOf('b'), never);
		expect(s3.log.map(({method, key, status}) => [method, key, status])).toEqual([
			['PUT', 'cistern/a', 501],
			['PUT', 'cistern/a', 200],
			['PUT', 'cistern/b', 200],
		]);
	});

	it('locks each object for the time of the settings, with one right more', async () => {
		const {s3, store} = await open({defaultRetention: 0}, {retention: 3_600_000});
		s3.addUser({...ann, allows: ofMachine});
		expect(await failureOf(put(store))).toMatchObject({kind: 'store-refused', action: 'write'});
		const isOfLock = (right: string): boolean => right === 's3:PutObjectRetention';
		s3.addUser({...ann, allows: (right, key) => isOfLock(right) || ofMachine(right, key)});
		await put(store);
		const [object] = s3.bucket.versionsOf('cistern/index/1');
		expect((object?.lockedUntil ?? 0) - Date.now()).toBeGreaterThan(3_500_000);
	});

	it('tells whether an object is locked, as far as its keys may see that', async () => {
		const {s3, store} = await open();
		await put(store);
		const lock = () => store.readLock?.('index/1', never);
		expect(await lock()).toBe('locked');
		s3.addUser({...ann, allows: (right) => right !== 's3:GetObjectRetention'});
		expect(await lock()).toBe('open');
		s3.addUser({...ann, allows: ofMachine});
		expect(await lock()).toBe('untold');
	});

	it('needs no right but those of docs/off-site.md', async () => {
		const {s3, store} = await open({conditions: 'ignored'});
		s3.addUser({...ann, allows: ofMachine});
		expect(await put(store)).toBe('written');
		expect(await store.put('big', fileOf(Buffer.alloc(500_000)), never)).toBe('written');
		expect(await failureOf(readAll(store, 'index/1'))).toMatchObject({
			kind: 'store-refused',
			action: 'read',
		});
	});

	it('never takes an object for its own that it may not look at', async () => {
		const {s3, store} = await open();
		s3.addUser({...ann, allows: (action) => action === 's3:PutObject'});
		await put(store);
		expect(await put(store)).toBe('exists');
	});
});

describe('a failure of S3', () => {
	it.each([
		[503, 'SlowDown', {'retry-after': '7'}, {kind: 'rate-limited', retryAfter: 7000}],
		[503, 'SlowDown', {}, {kind: 'rate-limited', retryAfter: undefined}],
		[500, 'InternalError', {}, {kind: 'server-error', status: 500}],
		[400, 'RequestTimeout', {}, {kind: 'server-error', status: 400}],
		[400, 'BadDigest', {}, {kind: 'server-error', status: 400}],
		[409, 'ConditionalRequestConflict', {}, {kind: 'server-error', status: 409}],
	])('%s %s passes', async (status, code, headers, failure) => {
		const {s3, store} = await open();
		s3.addFault({act: answer(status, code, headers), times: 1});
		const found = await failureOf(put(store));
		expect(found).toMatchObject({...failure, store: 'offsite'});
		expect(found && isPassing(found)).toBe(true);
		expect(await put(store)).toBe('written');
	});

	it.each([
		[403, 'AccessDenied', {kind: 'store-refused', action: 'write'}],
		[403, 'RequestTimeTooSkewed', {kind: 'store-refused', detail: /clock/}],
		[404, 'NoSuchBucket', {kind: 'store-missing'}],
		[507, 'InsufficientStorage', {kind: 'store-full'}],
		[403, 'QuotaExceeded', {kind: 'store-full'}],
		[418, 'Teapot', {kind: 'unexpected-answer'}],
	])(
		'%s %s keeps its words',
		async (status, code, {detail, ...failure}: {detail?: RegExp; kind: string}) => {
			const {s3, store} = await open();
			s3.addFault({act: answer(status, code), times: 1});
			const found = await failureOf(put(store));
			expect(found).toMatchObject({...failure, store: 'offsite'});
			expect(found).toMatchObject({detail: expect.stringMatching(detail ?? new RegExp(code))});
		},
	);

	it.each(['reset', 'cut-body', 'lost-answer'] as const)(
		'%s is one of the network',
		async (kind) => {
			const {s3, store} = await open();
			s3.addFault({act: {kind}, times: 1});
			expect(await failureOf(store.put('a', bodyOf(randomBytes(300_000)), never))).toMatchObject({
				kind: 'network',
				store: 'offsite',
			});
		},
	);

	it.each([
		['that answers without TLS', (endpoint: string) => endpoint.replace('http:', 'https:'), 'tls'],
		['that nothing listens at', () => 'http://127.0.0.1:1', 'connection-refused'],
		['whose name is unknown', () => 'http://store.invalid', 'name-lookup'],
	])('at an address %s is one of the network', async (_, addressOf, problem) => {
		const {s3} = await open();
		const {store} = await open({}, {endpoint: addressOf(s3.endpoint)});
		const network = {kind: 'network', problem, store: 'offsite'};
		expect(await failureOf(put(store))).toMatchObject(network);
		expect(await failureOf(listAll(store, ''))).toMatchObject(network);
	});

	it('in the middle of an answer is thrown while it is read', async () => {
		const {s3, store} = await open();
		await store.put('a', bodyOf(randomBytes(300_000)), never);
		s3.addFault({act: {kind: 'cut-answer'}});
		expect(await failureOf(readAll(store, 'a'))).toMatchObject({kind: 'network', store: 'offsite'});
		expect(await failureOf(listAll(store, ''))).toMatchObject({kind: 'network'});
	});

	it('is no object where a page of HTML came, whatever its status', async () => {
		for (const status of [200, 403, 503]) {
			const {s3, store} = await open();
			const page = {status, headers: {'content-type': 'text/html'}, body: '<h1>Sign in</h1>'};
			s3.addFault({act: {kind: 'answer', answer: page}});
			const all = [() => put(store), () => readAll(store, 'a'), () => listAll(store, '')];
			for (const work of all) {
				expect(await failureOf(work())).toMatchObject({
					kind: 'unexpected-answer',
					store: 'offsite',
				});
			}
		}
	});

	it('is a redirect, which is not followed and gets no signature', async () => {
		const {s3, store} = await open();
		const elsewhere = await startS3();
		onTestFinished(elsewhere.close);
		const headers = {
			location: `${elsewhere.endpoint}/acme-git/a`,
			'x-amz-bucket-region': 'eu-west-1',
		};
		s3.addFault({act: answer(307, 'TemporaryRedirect', headers)});
		expect(await failureOf(put(store))).toMatchObject({
			kind: 'store-missing',
			detail: expect.stringContaining('eu-west-1'),
		});
		expect(elsewhere.log).toEqual([]);
	});

	it.each([
		['secret', {secretAccessKey: 'other'}, 'SignatureDoesNotMatch'],
		['key', {accessKeyId: 'AKIDBEN'}, 'InvalidAccessKeyId'],
		['session', {sessionToken: 'of-ben'}, 'InvalidToken'],
	])('tells that the %s is wrong, without a secret', async (_, change, code) => {
		const {store} = await open({}, {keys: keysOf({...ann, ...change})});
		const found = await failureOf(put(store));
		expect(found).toMatchObject({kind: 'store-refused', detail: expect.stringContaining(code)});
		expect(JSON.stringify(found)).not.toMatch(/secret\/of|of-ben/);
	});

	it('names the region of a bucket that lies in another', async () => {
		const {store} = await open({}, {region: 'eu-west-9'});
		expect(await failureOf(put(store))).toMatchObject({
			kind: 'store-refused',
			detail: expect.stringContaining("expecting 'us-east-1'"),
		});
	});

	it('is no end of a list: a page that comes twice is refused', async () => {
		const {s3, store} = await open();
		const body = xmlAnswer('ListBucketResult', {
			IsTruncated: true,
			NextContinuationToken: 'again',
			Contents: {Key: 'cistern/a', LastModified: '2026-11-30T02:00:00Z', Size: 1},
		});
		s3.addFault({act: {kind: 'answer', answer: body}});
		expect(await failureOf(listAll(store, ''))).toMatchObject({kind: 'unexpected-answer'});
	});
});

describe('keys from a command', () => {
	const commandOf = (folder: string, printed: object | string): string => {
		const file = join(folder, 'keys.json');
		writeFileSync(file, typeof printed === 'string' ? printed : JSON.stringify(printed));
		return `echo asked >> '${folder}/calls'; cat '${file}'`;
	};

	it('are asked for once, and again when the store says that they have expired', async () => {
		const folder = makeTemporaryFolder();
		const keys = {
			Version: 1,
			AccessKeyId: 'ASIA1',
			SecretAccessKey: 'one',
			SessionToken: 'token-1',
			Expiration: new Date(Date.now() + 3_600_000).toISOString(),
		};
		const command = commandOf(folder, keys);
		const {s3, store} = await open(
			{},
			{keys: {kind: 'command', command, environment: process.env}},
		);
		const user = {accessKeyId: 'ASIA1', secretAccessKey: 'one', sessionToken: 'token-1'};
		s3.addUser(user);
		await store.put('a', bodyOf('a'), never);
		await store.put('b', bodyOf('b'), never);

		s3.addUser({...user, expires: Date.now() - 1});
		s3.addUser({accessKeyId: 'ASIA2', secretAccessKey: 'two'});
		commandOf(folder, {Version: 1, AccessKeyId: 'ASIA2', SecretAccessKey: 'two'});
		expect(await store.put('c', bodyOf('c'), never)).toBe('written');
		expect(readFileSync(join(folder, 'calls'), 'utf8')).toBe('asked\nasked\n');
	});

	it.each([
		['exit 3', 'credentialsCommand ended with exit code 3'],
		['echo nonsense', 'credentialsCommand did not print keys as AWS describes'],
	])('that do not come (%s) are refused keys', async (command, detail) => {
		const {store} = await open({}, {keys: {kind: 'command', command, environment: process.env}});
		expect(await failureOf(put(store))).toMatchObject({
			kind: 'store-refused',
			detail: expect.stringContaining(detail),
		});
	});
});

describe('the probe of S3', () => {
	const resultsOf = async (store: Store) =>
		Object.fromEntries((await store.probe(never)).map(({tried, result}) => [tried, result]));

	it('finds a bucket good that keeps versions under a lock, with keys that may only write', async () => {
		const {s3, store} = await open();
		s3.addUser({...ann, allows: (action) => action === 's3:PutObject'});
		expect(await resultsOf(store)).toEqual({
			write: 'good',
			condition: 'good',
			overwrite: 'good',
			versions: 'good',
			retention: 'unknown',
			read: 'good',
			delete: 'good',
		});
	});

	it('names each risk of a plain bucket with keys that may do everything', async () => {
		const {store} = await open({keepsVersions: false, locks: false, conditions: 'ignored'});
		expect(await resultsOf(store)).toEqual({
			write: 'good',
			condition: 'good',
			overwrite: 'risk',
			versions: 'risk',
			retention: 'risk',
			read: 'risk',
			delete: 'risk',
		});
	});

	it('believes no lock that is not set, and sees one that is', async () => {
		const silent = await open({locks: false}, {retention: 86_400_000});
		expect(await resultsOf(silent.store)).toMatchObject({retention: 'risk', delete: 'risk'});
		const locked = await open({}, {retention: 86_400_000});
		expect(await resultsOf(locked.store)).toMatchObject({retention: 'good', delete: 'good'});
	});

	it('finds a bucket good whose rule lets nothing be replaced or deleted', async () => {
		const {store} = await open(ruled);
		expect(await resultsOf(store)).toEqual({
			write: 'good',
			condition: 'good',
			overwrite: 'good',
			versions: 'good',
			retention: 'good',
			read: 'risk',
			delete: 'good',
		});
	});

	it('throws if nothing can be written', async () => {
		const {s3, store} = await open();
		s3.addUser({...ann, allows: () => false});
		expect(await failureOf(store.probe(never))).toMatchObject({kind: 'store-refused'});
	});
});
