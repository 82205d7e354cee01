import {execFileSync} from 'node:child_process';
import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	readlinkSync,
	rmdirSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, expect, it, onTestFinished} from 'vitest';
import {asFileFailure, orNothing} from '../../../source/adapters/files/file-failure.ts';
import {openFiles} from '../../../source/adapters/files/files.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';

const files = openFiles();

/** A folder on another disk than the temporary ones. */
const otherDisk = ['/dev/shm', '/tmp', '/var/tmp'].find(
	(folder) => existsSync(folder) && statSync(folder).dev !== statSync(tmpdir()).dev,
);

describe('files', () => {
	it('are written whole, for their owner alone, and leave no other file', async () => {
		const folder = makeTemporaryFolder();
		const path = join(folder, 'record.json');
		await files.writeText(path, 'old');
		await files.writeText(path, 'new');

		expect(await files.readText(path)).toBe('new');
		expect(statSync(path).mode & 0o777).toBe(0o600);
		expect(readdirSync(folder)).toEqual(['record.json']);
	});

	it('read as undefined if they are missing', async () => {
		expect(await files.readText(join(makeTemporaryFolder(), 'none'))).toBeUndefined();
	});

	it.runIf(process.platform !== 'win32')(
		'are read without waiting where a pipe lies in their place',
		async () => {
			const path = join(makeTemporaryFolder(), 'pipe');
			execFileSync('mkfifo', [path]);
			const texts = await Promise.all(Array.from({length: 40}, () => files.readText(path)));
			expect(new Set(texts)).toEqual(new Set(['']));
		},
	);

	it('get a new line after one that was cut short', async () => {
		const path = join(makeTemporaryFolder(), 'runs.jsonl');
		writeFileSync(path, '{"half":');
		await files.appendLine(path, '{"whole":1}');
		expect(readFileSync(path, 'utf8')).toBe('{"half":\n{"whole":1}\n');
	});

	it('take a place, and so does a link to nowhere', async () => {
		const folder = makeTemporaryFolder();
		expect(await files.isVacant(folder)).toBe(true);
		expect(await files.isVacant(join(folder, 'none'))).toBe(true);
		symlinkSync(join(folder, 'none'), join(folder, 'link'));
		expect(await files.isVacant(join(folder, 'link'))).toBe(false);
		expect(await files.isVacant(folder)).toBe(false);
		writeFileSync(join(folder, 'file'), '');
		expect(await files.isVacant(join(folder, 'file'))).toBe(false);
	});

	it('are moved into another folder, links as links, and replace nothing', async () => {
		const [from, to] = [join(makeTemporaryFolder(), 'from'), makeTemporaryFolder()];
		mkdirSync(join(from, 'last'), {recursive: true});
		writeFileSync(join(from, 'z'), '');
		symlinkSync('/nowhere', join(from, 'link'));
		mkdirSync(join(to, 'z'));
		await expect(files.moveContent(from, to, 'last')).rejects.toMatchObject({
			failure: {kind: 'folder-unusable'},
		});
		expect(readdirSync(from)).toContain('last');

		rmdirSync(join(to, 'z'));
		await files.moveContent(from, to, 'last');
		expect(readdirSync(to).sort()).toEqual(['last', 'link', 'z']);
		expect(existsSync(from)).toBe(false);
	});

	it('replace nothing when they are moved', async () => {
		const folder = makeTemporaryFolder();
		mkdirSync(join(folder, 'from'));
		mkdirSync(join(folder, 'to'));
		await expect(files.move(join(folder, 'from'), join(folder, 'to'))).rejects.toMatchObject({
			failure: {kind: 'folder-unusable', path: join(folder, 'to')},
		});
		expect(readdirSync(folder)).toEqual(['from', 'to']);
	});
});

describe('folders', () => {
	it('are made for their owner alone', async () => {
		const path = join(makeTemporaryFolder(), 'a', 'b');
		await files.makeFolder(path);
		expect(statSync(path).mode & 0o777).toBe(0o700);
	});

	it('are measured with all folders below, and no link is followed', async () => {
		const folder = makeTemporaryFolder();
		mkdirSync(join(folder, 'objects', 'pack'), {recursive: true});
		writeFileSync(join(folder, 'HEAD'), '12345');
		writeFileSync(join(folder, 'objects', 'pack', 'one.pack'), '1234567');
		symlinkSync(join(folder, 'objects'), join(folder, 'again'));
		symlinkSync(join(folder, 'HEAD'), join(folder, 'objects', 'head'));

		expect(await files.measure(folder)).toBe(12);
		await expect(files.measure(join(folder, 'none'))).rejects.toThrow();
	});

	it.runIf(otherDisk !== undefined)(
		'are copied where they cannot be renamed, from one disk to another (left out without /dev/shm)',
		async () => {
			const from = mkdtempSync(join(otherDisk ?? '', 'cistern-test-'));
			onTestFinished(() => rmSync(from, {recursive: true, force: true}));
			const place = makeTemporaryFolder();
			mkdirSync(join(from, 'refs', 'empty'), {recursive: true});
			writeFileSync(join(from, 'refs', 'one'), 'content');
			symlinkSync('nowhere', join(from, 'link'));
			mkdirSync(join(place, 'to.moving'));
			await files.move(from, join(place, 'to'));

			expect(readdirSync(place)).toEqual(['to']);
			expect(readdirSync(join(place, 'to')).toSorted()).toEqual(['link', 'refs']);
			expect(readFileSync(join(place, 'to', 'refs', 'one'), 'utf8')).toBe('content');
			expect(readlinkSync(join(place, 'to', 'link'))).toBe('nowhere');
			expect(existsSync(from)).toBe(false);
		},
	);

	it('that cannot be made are named after one attempt', async () => {
		const folder = makeTemporaryFolder();
		writeFileSync(join(folder, 'file'), '');
		// Every new folder in /proc fails with ENOENT, as if its parent were missing.
		const nowhere = process.platform === 'linux' ? ['/proc/cistern/backup'] : [];
		for (const path of [join(folder, 'file', 'below'), ...nowhere]) {
			await expect(files.makeFolder(path)).rejects.toMatchObject({
				failure: {kind: 'folder-unusable', path},
			});
		}
	});
});

describe('an error of the system', () => {
	it.runIf(process.platform === 'linux')(
		'is a full disk where a quota is used up, for which Node has no name',
		() => {
			const error = Object.assign(new Error('write'), {
				code: 'Unknown system error -122',
				errno: -122,
			});
			expect(asFileFailure(error, '/b')).toMatchObject({failure: {kind: 'disk-full', path: '/b'}});
		},
	);

	it('is not read as absence if permission is missing', () => {
		const errorOf = (code: string) => Object.assign(new Error(code), {code});
		expect(orNothing('/b')(errorOf('ENOENT'))).toBeUndefined();
		expect(() => orNothing('/b')(errorOf('EIO'))).toThrow('folder-unusable');
	});
});
