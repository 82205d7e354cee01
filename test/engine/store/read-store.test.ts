import {hash} from 'node:crypto';
import {appendFileSync, cpSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {basename, join} from 'node:path';
import {expect, it} from 'vitest';
import {makeKeyPair} from '../../../source/adapters/seal/age.ts';
import {indexName, parseIndexName} from '../../../source/domain/store/names.ts';
import {readIndexes, readStore} from '../../../source/engine/store/read-store.ts';
import {verifyStore} from '../../../source/engine/store/verify-store.ts';
import type {StoredObject} from '../../../source/ports/store.ts';
import {openBucket, owner, storeIn} from '../../helpers/bucket.ts';
import {fetchAll, makeStore, openFetching} from '../../helpers/store.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';
import {setUpWorkspace} from '../../helpers/workspace.ts';

const acme = setUpWorkspace();

/** A copy of the store that never changes, with paths of its objects. */
const copyStore = () => {
	const store = join(makeTemporaryFolder(), 'store');
	cpSync('test/fixtures/store-version-1', store, {recursive: true});
	const [uuid = ''] = readdirSync(join(store, 'repos'));
	const list = (folder: string, end: string): readonly string[] =>
		readdirSync(join(store, folder))
			.filter((name) => name.endsWith(end))
			.toSorted()
			.map((name) => join(store, folder, name));
	return {
		place: store,
		indexes: list('index', ''),
		steps: list(join('repos', uuid), '.repo.step'),
		others: list(join('repos', uuid), '.lfs.step'),
		bundles: list(join('repos', uuid), '.repo.bundle'),
		verify: async () => {
			const reading = openFetching(makeStore(store));
			const found = [...(await readIndexes(reading)).values()];
			const verdicts = await Promise.all(found.map((one) => verifyStore(reading, one, [])));
			return verdicts.flatMap(({findings}) => findings.map(({failure}) => failure));
		},
		fetch: () => fetchAll(makeStore(store), makeTemporaryFolder()),
	};
};

it('an index that another one lies in place of is refused', async () => {
	const {indexes, fetch} = copyStore();
	writeFileSync(indexes.at(-1) ?? '', readFileSync(indexes[0] ?? ''));
	const detail = 'its SHA-256 is not the one in its name';
	await expect(fetch()).rejects.toMatchObject({failure: {kind: 'object-damaged', detail}});
});

it('an index object that cannot be read hides nothing of what those before it tell', async () => {
	const {place, indexes} = copyStore();
	const read = async (identities: readonly string[] = []) => {
		const [found] = (await readStore(openFetching(makeStore(place), identities))).values();
		return {
			at: found?.at,
			unread: found?.unread.map((one) => one.kind),
			states: Object.values(found?.repos ?? {}).map(({parts}) => parts['repo']?.steps),
		};
	};
	const whole = await read();
	expect(whole).toMatchObject({unread: [], states: [2]});

	const [first = '', second = '', last = ''] = indexes;
	writeFileSync(last, 'harmed');
	const before = {unread: ['object-damaged'], states: [1]};
	expect(await read()).toMatchObject(before);
	writeFileSync(second, 'harmed');
	expect(await read()).toMatchObject({unread: ['object-damaged', 'object-damaged'], states: [0]});
	writeFileSync(first, 'harmed');
	await expect(read()).rejects.toMatchObject({failure: {kind: 'object-damaged'}});
});

it('a foreign index object hides no saved state, whatever it says and whichever key opens it', async () => {
	const {place, indexes} = copyStore();
	const own = await makeKeyPair();
	const {recipient} = await makeKeyPair();
	const {store: foreign} = openFetching(makeStore(place, {recipients: [recipient]}));
	const [, , before = ''] = indexes.map((path) => parseIndexName(`index/${basename(path)}`)?.id);
	const put = async (text: string, seal: boolean): Promise<void> => {
		const content = Buffer.from(text);
		const {sha256, ...body} = seal
			? await foreign.sealText(text)
			: {content, size: content.length, sha256: hash('sha256', content), md5: ''};
		const suffix = seal ? '.age' : '';
		const name = indexName(sha256, {at: Date.now(), before: [before], shard: undefined, suffix});
		await foreign.put(name, {...body, sha256}, new AbortController().signal);
	};
	const read = async () => {
		const [found] = (await readStore(openFetching(makeStore(place), [own.identity]))).values();
		const repositories = Object.keys(found?.repos ?? {}).length;
		return {repositories, unread: found?.unread.map(({kind}) => kind).toSorted()};
	};
	await put('no gzip', false);
	expect(await read()).toEqual({repositories: 1, unread: ['object-damaged']});
	await put('sealed for other keys', true);
	expect(await read()).toEqual({
		repositories: 1,
		unread: ['identity-refused', 'object-damaged'],
	});
});

it('a step that belongs to something else is refused', async () => {
	const {steps, others, fetch} = copyStore();
	writeFileSync(steps.at(-1) ?? '', readFileSync(others[0] ?? ''));
	const detail = 'it is the step of something else';
	await expect(fetch()).rejects.toMatchObject({failure: {kind: 'object-damaged', detail}});
});

it('verify names an object that has another size, and reads none', async () => {
	const {bundles, verify} = copyStore();
	expect(await verify()).toEqual([]);
	const [bundle = ''] = bundles;
	appendFileSync(bundle, 'more');
	const size = readFileSync(bundle).length;
	const detail = `it has ${size} bytes instead of ${size - 4}`;
	expect(await verify()).toMatchObject([{kind: 'object-damaged', detail}]);
});

it('verify asks the three newest objects for their locks, and counts those that tell', async () => {
	const {store, ...reading} = openFetching(makeStore(copyStore().place));
	const [source] = (await readIndexes({...reading, store})).values();
	const locksOf = async (...answers: readonly ('locked' | 'open' | 'untold')[]) => {
		const left = [...answers];
		const readLock = async () => left.shift() ?? 'untold';
		return (
			source && (await verifyStore({...reading, store: {...store, readLock}}, source, [])).locks
		);
	};
	expect(await locksOf('locked', 'open', 'locked', 'locked')).toEqual({asked: 3, locked: 2});
	expect(await locksOf('untold', 'open')).toEqual({asked: 1, locked: 0});
	expect(await locksOf()).toBeUndefined();
});

it('verify reads an object of which the store tells another check sum, where the store tells MD5s at all', async () => {
	const s3 = await openBucket();
	const settings = storeIn(s3, owner);
	const [{uuid}] = await acme.addSaved('api', 'web');
	await acme.run({source: {stores: [settings]}});
	const verify = async (
		change: (object: StoredObject) => string | undefined = ({etag}) => etag,
	) => {
		const {store, ...reading} = openFetching(settings);
		const list: typeof store.list = async function* (...given) {
			for await (const object of store.list(...given)) {
				yield {...object, etag: change(object)};
			}
		};
		const found = (await readIndexes({...reading, store})).get('acme');
		s3.log.length = 0;
		const verdict = found && (await verifyStore({...reading, store: {...store, list}}, found, []));
		const read = s3.log.filter(({method, key}) => method === 'GET' && key.endsWith('.bundle'));
		return {findings: verdict?.findings.map(({failure}) => failure), read: read.length};
	};
	const whole = {findings: [], read: 0};
	expect(await verify()).toEqual(whole);
	// A store that encrypts with keys of its own.
	expect(await verify(() => 'f'.repeat(32))).toEqual(whole);
	// One that began to.
	const isEarly = ({name}: StoredObject): boolean => name.includes(uuid.slice(1, -1));
	const ofMixed = (one: StoredObject) => (isEarly(one) ? one.etag : 'f'.repeat(32));
	expect(await verify(ofMixed)).toEqual({findings: [], read: 1});

	const [key = '', content = Buffer.alloc(0)] =
		[...s3.bucket.contents()].find(([name]) => name.endsWith('.bundle')) ?? [];
	s3.bucket.put(key, Buffer.alloc(content.length, 'x'), {});
	expect(await verify()).toMatchObject({
		findings: [{kind: 'object-damaged', name: key.replace('cistern/', '')}],
		read: 1,
	});
});

it('a state of which a bundle is left out does not come back as whole', async () => {
	const {steps, fetch} = copyStore();
	const [first = ''] = steps;
	writeFileSync(first, readFileSync(first, 'utf8').replace(/^bundle .*\n/m, ''));
	await expect(fetch()).rejects.toMatchObject({failure: {kind: 'mirror-unusable'}});
});
