import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {Readable} from 'node:stream';
import {describe, expect, it} from 'vitest';
import {openSettings} from '../../../source/adapters/settings/open-settings.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';

const store = (home: string) =>
	openSettings({platform: 'linux', home, folder: home, input: Readable.from([])});

/** Reads a file with these bytes. Gives its content, or the sentence without its folder. */
const read = async (bytes: string | Buffer): Promise<unknown> => {
	const home = makeTemporaryFolder();
	const path = join(home, 'settings.yml');
	writeFileSync(path, bytes);
	return store(home)
		.read(path)
		.then(
			(document) => document?.content,
			(error: Error) => `${error.name}: ${error.message.replaceAll(`${home}/`, '')}`,
		);
};

/** Nine to the ninth power of elements, in half a kilobyte. */
const aliasBomb = (): string => {
	const names = [...'abcdefghi'];
	const lines = names.map((name, index) => {
		const inner = index === 0 ? 'x' : `*${names[index - 1]}`;
		return `${name}: &${name} [${Array.from({length: 9}, () => inner).join(', ')}]`;
	});
	return lines.join('\n');
};

describe('reading a settings file', () => {
	it('returns scalars as they are written, whatever type YAML gives them', async () => {
		const text =
			'a: 007\nb: 1e5\nc: yes\nd: 2027-03-01\ne: 0x1F\nf: ~\ng:\nh: "null"\ni: [1, true]\n';
		expect(await read(text)).toEqual({
			a: '007',
			b: '1e5',
			c: 'yes',
			d: '2027-03-01',
			e: '0x1F',
			f: null,
			g: null,
			h: 'null',
			i: ['1', 'true'],
		});
	});

	it('accepts a byte order mark and the line ends of Windows', async () => {
		expect(await read('\uFEFFa: b\r\nc: d\r\n')).toEqual({a: 'b', c: 'd'});
	});

	it('follows aliases', async () => {
		expect(await read('a: &x [1]\nb: *x\n')).toEqual({a: ['1'], b: ['1']});
	});

	it.each([
		['a:\n\tb: 1\n', 'settings.yml:2:1: this line is indented with a tab: use spaces'],
		['a: 1\na: 2\n', 'settings.yml:2:1: this key stands here for the second time'],
		[
			'p: %X%\n',
			"settings.yml:1:4: a value that begins with this character must stand in quotes: write it as '...'",
		],
		[
			'p: "c:\\scm"\n',
			"settings.yml:1:7: a backslash in double quotes has a meaning of its own: put the value in single quotes ('')",
		],
		['a: b: c\n', 'settings.yml:1:4: there is a second key or colon on this line'],
		['a: "b\nc: d\n', 'something is opened here and not closed'],
		['a: [b\nc: d\n', 'settings.yml:2:1: '],
		['a: 1\n---\nb: 2\n', 'a second document begins here: remove the line ---'],
		['s:\n  - a: 1\n c: 2\n', 'settings.yml:3:1: this line is not indented like its neighbours'],
	])('names the place of a mistake in %j', async (text, complaint) => {
		expect(await read(text)).toContain(`StopError: `);
		expect(await read(text)).toContain(complaint);
	});

	it('names all mistakes at once', async () => {
		const said = await read('a: 1\na: 2\nb:\n\tc: 1\nd: @x\n');
		expect(String(said).split('\n')).toHaveLength(3);
	});

	it('never quotes the file, which may contain a token', async () => {
		for (const text of [
			'a: "x" ATATTsecret\n',
			'ATATTsecret ]\nb: c',
			'{a: ATATTsecret',
			'*ATATTsecret\n',
		]) {
			expect(await read(text)).toContain('StopError');
			expect(await read(text)).not.toContain('secret');
		}
	});

	it.each([
		[
			'binary rubbish',
			Buffer.from([0x89, 0x50, 0x4e, 0x47, 0xff, 0xfe]),
			'it is not text in UTF-8',
		],
		['zero bytes', '\0\0\0', 'it is not text in UTF-8'],
		['UTF-16', Buffer.from('\uFEFFa: b', 'utf16le'), 'it is not text in UTF-8'],
		['5 MB', 'a: b\n'.repeat(1_000_000), 'it is longer than 1 MiB'],
		['an alias bomb', aliasBomb(), 'its aliases or nesting lead nowhere'],
		['an alias of nothing', 'a: *b\n', 'its aliases or nesting lead nowhere'],
		['a nest', '['.repeat(30_000), 'settings.yml'],
	])('refuses %s with a sentence', async (_, bytes, complaint) => {
		const said = await read(bytes);
		expect(said).toMatch(/^StopError: settings\.yml/);
		expect(said).toContain(complaint);
	});

	it('refuses a folder with a sentence, and finds no file if there is none', async () => {
		const home = makeTemporaryFolder();
		mkdirSync(join(home, 'settings.yml'));
		await expect(store(home).read(join(home, 'settings.yml'))).rejects.toThrow('it is a folder');
		expect(await store(home).read(join(home, 'none.yml'))).toBeUndefined();
		writeFileSync(join(home, 'file'), '');
		expect(await store(home).read(join(home, 'file/settings.yml'))).toBeUndefined();
	});

	it('stops reading an endless device', async () => {
		await expect(store('/').read('/dev/zero')).rejects.toThrow('longer than 1 MiB');
	});

	it('knows whether others may read it', async () => {
		const home = makeTemporaryFolder();
		const path = join(home, 'settings.yml');
		writeFileSync(path, 'a: b\n', {mode: 0o600});
		expect(await store(home).read(path)).toMatchObject({isReadableByOthers: false});
		const open = join(home, 'open.yml');
		writeFileSync(open, 'a: b\n', {mode: 0o640});
		expect(await store(home).read(open)).toMatchObject({isReadableByOthers: true});
	});

	it('finds keys and values, through aliases too', async () => {
		const home = makeTemporaryFolder();
		const path = join(home, 'settings.yml');
		writeFileSync(path, 'x: &x\n  y: [1, 2]\nz: *x\ne:\n');
		const document = await store(home).read(path);
		expect(document?.locate(['x', 'y'], 'key')).toEqual({line: 2, column: 3});
		expect(document?.locate(['x', 'y'], 'value')).toEqual({line: 2, column: 6});
		expect(document?.locate(['x', 'y', 1], 'value')).toEqual({line: 2, column: 10});
		expect(document?.locate(['z', 'y'], 'key')).toEqual({line: 2, column: 3});
		expect(document?.locate(['z'], 'value')).toEqual({line: 3, column: 4});
		expect(document?.locate(['nothing', 'here'], 'key')).toBeUndefined();
	});
});
