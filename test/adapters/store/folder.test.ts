import {spawnSync} from 'node:child_process';
import {mkdirSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {expect, it} from 'vitest';
import {openFolderStore} from '../../../source/adapters/store/folder.ts';
import {canTrace, readSteps, traceTo} from '../../helpers/strace.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';
import {bodyOf, describeStore, failureOf, fileOf, listAll, never, readAll} from './contract.ts';

const open = () => {
	const path = join(makeTemporaryFolder(), 'store');
	mkdirSync(path);
	return {path, store: openFolderStore({title: 'offsite', path})};
};

describeStore('a folder', {keepsFirst: true, many: 24}, async () => open().store);

it('a folder that is not there is never made', async () => {
	const {path, store} = open();
	rmSync(path, {recursive: true});
	const missing = {kind: 'store-missing', store: 'offsite'};
	expect(await failureOf(store.put('index/a', bodyOf('x'), never))).toMatchObject(missing);
	expect(await failureOf(listAll(store, ''))).toMatchObject(missing);
	expect(readdirSync(join(path, '..'))).not.toContain('store');
});

it.skipIf(!canTrace)(
	`what was written is synced when the store has settled, with every folder on the way${canTrace ? '' : ' (left out: strace may not be used here)'}`,
	() => {
		const {path} = open();
		const trace = join(path, '..', 'trace');
		const source = resolve('source/adapters/store/folder.ts');
		const script = `
			import {openFolderStore} from ${JSON.stringify(source)};
			const store = openFolderStore({title: 'offsite', path: ${JSON.stringify(path)}});
			const body = {content: Buffer.from('x'), size: 1, sha256: '${bodyOf('x').sha256}', md5: ''};
			const {signal} = new AbortController();
			await store.put('repos/a/one', body, signal);
			await store.put('repos/a/two', body, signal);
			await store.settle(signal);`;
		const words = [...traceTo(trace), process.execPath, '--input-type=module', '-e', script];
		const [command = '', ...rest] = words;
		expect(spawnSync(command, rest, {encoding: 'utf8'})).toMatchObject({status: 0});
		const synced = readSteps(trace).flatMap((step) => (step.kind === 'synced' ? [step.path] : []));
		const places = ['', 'repos', 'repos/a', 'repos/a/one', 'repos/a/two'];
		expect(synced.toSorted()).toEqual(places.map((place) => join(path, place)));
	},
);

it('of many writers of one name one wins, and its content stays', async () => {
	const {path, store} = open();
	const results = await Promise.all(
		Array.from({length: 10}, (_, index) => store.put('index/a', bodyOf(`content ${index}`), never)),
	);
	expect(results.toSorted()).toEqual([...Array(9).fill('exists'), 'written']);
	const winner = results.indexOf('written');
	expect((await readAll(store, 'index/a')).toString()).toBe(`content ${winner}`);
	expect(readdirSync(join(path, 'index'))).toEqual(['a']);
});

it('a file that a killed run left half written is no object, and one that changed is not stored', async () => {
	const {path, store} = open();
	mkdirSync(join(path, 'index'));
	writeFileSync(join(path, 'index', '.unfinished-0123456789abcdef'), 'half');
	expect(await listAll(store, 'index/')).toEqual([]);
	const body = fileOf(Buffer.from('before'));
	if (!(body.content instanceof Uint8Array)) {
		writeFileSync(body.content.file, 'after!');
	}

	expect(await failureOf(store.put('index/a', body, never))).toMatchObject({
		kind: 'object-damaged',
		name: 'index/a',
	});
	expect(await listAll(store, 'index/')).toEqual([]);
});
