import {
	existsSync,
	lstatSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import {join} from 'node:path';
import {beforeEach, describe, expect, it} from 'vitest';
import {openStore, partPath} from '../../../source/adapters/lfs/fill-store.ts';
import {lfsStore} from '../../../source/adapters/lfs/store.ts';
import {objectOf, placeOf, sha256, storeFile} from '../../helpers/lfs-files.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';

const {signal} = new AbortController();

let mirror: string;
let other: string;
beforeEach(() => {
	const folder = makeTemporaryFolder();
	[mirror, other] = [join(folder, 'repo'), join(folder, 'other')];
	mkdirSync(mirror);
	mkdirSync(other);
	writeFileSync(join(mirror, 'config'), '[core]\n\tbare = true\n');
});

const outside = (): string => {
	const path = join(other, 'outside');
	mkdirSync(path);
	return path;
};

describe('a store', () => {
	it('lists its files, unfinished ones, and what is neither', async () => {
		const {oid} = storeFile(mirror, 'one');
		storeFile(mirror, 'damaged', 'b'.repeat(64));
		mkdirSync(join(mirror, 'lfs', 'tmp'));
		mkdirSync(join(mirror, 'lfs', 'incomplete'));
		writeFileSync(partPath(mirror, oid), 'o');
		writeFileSync(join(mirror, 'lfs', 'objects', '.DS_Store'), '');
		writeFileSync(`${placeOf(mirror, oid)}~`, '');
		symlinkSync(outside(), join(mirror, 'lfs', 'objects', 'aa'));

		const {objects, strays, parts} = await lfsStore.listLfs(mirror);
		expect(objects).toEqual(
			new Map([
				[oid, 3],
				['b'.repeat(64), 7],
			]),
		);
		expect(strays.toSorted()).toEqual([
			'lfs/objects/.DS_Store',
			`lfs/objects/${oid.slice(0, 2)}/${oid.slice(2, 4)}/${oid}~`,
			'lfs/objects/aa',
		]);
		expect(parts).toEqual([`lfs/incomplete/${oid}.part`]);
	});

	it('is empty if there is none, and if a link leads elsewhere', async () => {
		const nothing = {objects: new Map(), strays: [], parts: []};
		expect(await lfsStore.listLfs(mirror)).toEqual(nothing);
		storeFile(other, 'one');
		symlinkSync(join(other, 'lfs'), join(mirror, 'lfs'));
		expect(await lfsStore.listLfs(mirror)).toEqual({...nothing, strays: ['lfs']});
	});

	it.each([3, 1200])('knows which of %i files it lacks', async (count) => {
		const wanted = Array.from({length: count}, (_, index) => objectOf(`content ${index}`));
		storeFile(mirror, 'content 0');
		expect(await lfsStore.findLacking(mirror, wanted)).toEqual(wanted.slice(1));
	});

	it('believes the content if a pointer names another size', async () => {
		const lie = {...storeFile(mirror, 'content'), size: 99};
		const cut = {...objectOf('whole'), size: 5};
		storeFile(mirror, 'who', cut.oid);
		expect(await lfsStore.findLacking(mirror, [lie, cut])).toEqual([cut]);
	});

	it('finds each file whose content is another one, and those that are no files', async () => {
		const whole = storeFile(mirror, Buffer.alloc(3_000_000, 'x'));
		const longer = storeFile(mirror, 'whole and more', sha256('whole'));
		const missing = objectOf('missing');
		const linked = objectOf('linked');
		mkdirSync(join(placeOf(mirror, linked.oid), '..'), {recursive: true});
		symlinkSync(placeOf(mirror, whole.oid), placeOf(mirror, linked.oid));
		const folder = objectOf('folder');
		mkdirSync(placeOf(mirror, folder.oid), {recursive: true});

		const oids = [longer, missing, linked, folder, whole].map(({oid}) => oid);
		let read = 0;
		const onBytes = (bytes: number): void => {
			read += bytes;
		};
		const damaged = await lfsStore.findDamagedLfs(mirror, oids, {signal, onBytes});
		expect(damaged.toSorted()).toEqual(oids.slice(0, 4).toSorted());
		expect(read).toBe(3_000_014);
	});

	it('ends with its signal', async () => {
		const {oid} = storeFile(mirror, 'one');
		const ended = AbortSignal.abort(new Error('interrupted'));
		await expect(lfsStore.findDamagedLfs(mirror, [oid], {signal: ended})).rejects.toThrow(
			'interrupted',
		);
	});

	it('keeps each damaged file that was set aside', async () => {
		const oid = sha256('whole');
		for (const content of ['first', 'second']) {
			storeFile(mirror, content, oid);
			await lfsStore.setAsideLfs(mirror, [oid, sha256('missing')]);
			expect(existsSync(placeOf(mirror, oid))).toBe(false);
		}
		const folder = join(mirror, 'lfs', 'replaced');
		const contents = [1, 2].map((count) => readFileSync(join(folder, `${oid}.${count}`), 'utf8'));
		expect(contents).toEqual(['first', 'second']);
		expect(readdirSync(folder)).toHaveLength(2);
	});

	it('takes over whole files of another mirror', async () => {
		const whole = storeFile(other, 'whole');
		const damaged = {...objectOf('right'), size: 5};
		storeFile(other, 'wrong', damaged.oid);
		const wanted = [whole, damaged, objectOf('missing')];
		expect(await lfsStore.takeOverLfs(mirror, other, wanted, signal)).toEqual([whole]);
		expect(await lfsStore.findLacking(mirror, wanted)).toEqual(wanted.slice(1));
		expect(statSync(placeOf(mirror, whole.oid)).nlink).toBe(2);
	});
});

describe('a file that is put into a store', () => {
	const put = async (content: string): Promise<string> => {
		const {oid} = objectOf(content);
		const store = openStore(mirror);
		await store.prepare();
		writeFileSync(partPath(mirror, oid), content);
		await store.keep(partPath(mirror, oid), oid);
		await store.sync();
		return placeOf(mirror, oid);
	};

	it('cannot be changed through a clone, and only its owner reads it', async () => {
		const path = await put('one');
		expect(readFileSync(path, 'utf8')).toBe('one');
		expect(statSync(path).mode & 0o777).toBe(0o400);
		expect(statSync(join(path, '..')).mode & 0o777).toBe(0o700);
	});

	it('is written anew where a killed run left a piece of it', async () => {
		const content = Buffer.from('whole');
		const {oid} = objectOf(content);
		const store = openStore(mirror);
		await store.prepare();
		const left = join(mirror, 'lfs', 'incomplete', `${oid}.new`);
		writeFileSync(left, 'who', {mode: 0o400});
		await store.put(content, oid);
		expect(readFileSync(placeOf(mirror, oid), 'utf8')).toBe('whole');
		expect(statSync(placeOf(mirror, oid)).mode & 0o777).toBe(0o400);
		expect(existsSync(left)).toBe(false);
	});

	it('takes the place of a damaged one, which stays', async () => {
		const {oid} = objectOf('whole');
		storeFile(mirror, 'damaged', oid);
		const path = await put('whole');
		expect(readFileSync(path, 'utf8')).toBe('whole');
		expect(readFileSync(join(mirror, 'lfs', 'replaced', `${oid}.1`), 'utf8')).toBe('damaged');
	});

	it.each([
		['lfs', 0],
		['lfs/objects', 0],
		['the first folder', 2],
	])('is not written through a link in place of %s', async (name, digits) => {
		const {oid} = objectOf('one');
		const place = digits === 0 ? name : `lfs/objects/${oid.slice(0, digits)}`;
		const path = join(mirror, place);
		mkdirSync(join(path, '..'), {recursive: true});
		const target = outside();
		symlinkSync(target, path);
		await expect(put('one')).rejects.toMatchObject({
			failure: {kind: 'folder-unusable', path, detail: 'it is a link, which is not followed'},
		});
		expect(readdirSync(target)).toEqual([]);
		expect(lstatSync(path).isSymbolicLink()).toBe(true);
	});

	it('is kept from `git lfs prune` by a line that is written once', async () => {
		await put('one');
		await put('two');
		const config = readFileSync(join(mirror, 'config'), 'utf8');
		expect(config).toBe('[core]\n\tbare = true\n[lfs]\n\tpruneverifyremotealways = true\n');
	});
});

describe('unfinished downloads', () => {
	it('are removed, and nothing else', async () => {
		const {oid} = storeFile(mirror, 'one');
		await openStore(mirror).prepare();
		writeFileSync(partPath(mirror, oid), 'o');
		await lfsStore.removeLfsParts(mirror);
		const {objects, parts} = await lfsStore.listLfs(mirror);
		expect([objects.size, parts.length]).toEqual([1, 0]);
		rmSync(join(mirror, 'lfs'), {recursive: true});
		await lfsStore.removeLfsParts(mirror);
	});
});
