import {
	chmodSync,
	lstatSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import {join} from 'node:path';
import {Readable} from 'node:stream';
import {describe, expect, it} from 'vitest';
import {parse} from 'yaml';
import {openSettings} from '../../../source/adapters/settings/open-settings.ts';
import {Secret} from '../../../source/domain/settings/settings.ts';
import type {SettingsEdit, SourceEntry} from '../../../source/domain/settings/settings-edit.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';

const store = openSettings({
	platform: 'linux',
	home: '/home/ann',
	folder: '/home/ann/.config/cistern',
	input: Readable.from([]),
});

const acme: SourceEntry = {
	title: 'acme',
	type: 'org',
	name: 'acme',
	authName: 'ann',
	apiAuthName: 'ann@example.com',
	password: new Secret('%BITBUCKET_TOKEN%'),
};

const commented = `# my settings

localFolder: '/srv/backup' # the big disk
waitSecondsOnError: 5

sources:
  # the old one
  - title: acme
    hoster: bitbucket
    type: user # not sure
    name: old-acme
    authName: ann
    password: '%OLD%'
    ignoreRepos: [a, b] # they are huge

  - title: hub
    hoster: github
    type: user
    name: ann

options:
  backup:
    removeDeletedRepos: false # never
`;

const save = async (
	before: string,
	entry: SourceEntry,
	more: Omit<SettingsEdit, 'entry'> = {},
): Promise<string> => {
	const path = join(makeTemporaryFolder(), 'settings.yml');
	writeFileSync(path, before);
	await store.saveSource(path, {entry, ...more});
	return readFileSync(path, 'utf8');
};

describe('saving a source', () => {
	it('creates a file with mode 0600 in its own folder', async () => {
		const path = join(makeTemporaryFolder(), 'deep/er/settings.yml');
		await store.saveSource(path, {entry: acme, localFolder: '/srv/backup'});
		expect(
			readFileSync(path, 'utf8'),
		).toBe(`# Cistern's settings. "cistern setup --example" prints every key with a comment.

localFolder: /srv/backup
sources:
  - title: acme
    hoster: bitbucket
    type: org
    name: acme
    authName: ann
    apiAuthName: ann@example.com
    password: "%BITBUCKET_TOKEN%"
`);
		expect(statSync(path).mode & 0o777).toBe(0o600);
		expect(statSync(join(path, '..')).mode & 0o777).toBe(0o700);
		expect(readdirSync(join(path, '..'))).toEqual(['settings.yml']);
	});

	it('changes the source of that title and keeps comments, order and everything else', async () => {
		expect(await save(commented, {...acme, title: 'Acme'})).toBe(
			commented
				.replace('title: acme', 'title: Acme')
				.replace('type: user # not sure', 'type: org # not sure')
				.replace('name: old-acme', 'name: acme')
				.replace("'%OLD%'", "'%BITBUCKET_TOKEN%'")
				.replace(
					'ignoreRepos: [a, b] # they are huge\n',
					'ignoreRepos: [a, b] # they are huge\n    apiAuthName: ann@example.com\n',
				),
		);
	});

	it("writes another address of the API, removes Bitbucket's own, and keeps one that is not given", async () => {
		const apiUrl = 'https://mirror.example/2.0';
		const written = await save(commented, {...acme, apiUrl});
		expect(written).toContain(`    apiUrl: ${apiUrl}\n`);
		expect(await save(written, acme)).toBe(written);
		const usual = {...acme, apiUrl: 'https://api.bitbucket.org/2.0'};
		expect(await save(written, usual)).toBe(await save(commented, acme));
	});

	it('does not break a long line', async () => {
		const line = `passwordCommand: ${'a word and '.repeat(20)}no more`;
		const after = await save(commented.replace("password: '%OLD%'", line), {
			title: 'new',
			type: 'user',
			name: 'new',
		});
		expect(after).toContain(line);
	});

	it('adds a source at the end of the list', async () => {
		const after = await save(commented, {title: 'new', type: 'user', name: 'new'});
		expect(after).toBe(
			commented.replace(
				'    name: ann\n\noptions',
				'    name: ann\n\n  - title: new\n    hoster: bitbucket\n    type: user\n    name: new\n\noptions',
			),
		);
	});

	it('replaces another source, and its way to keep the token', async () => {
		const entry = {...acme, title: 'renamed', password: undefined, passwordCommand: 'pass show x'};
		const after = await save(commented, entry, {replaces: 'acme', localFolder: '/elsewhere'});
		expect(after).toContain('title: renamed');
		expect(after).not.toContain('password:');
		expect(after).toContain('passwordCommand: pass show x');
		expect(after).toContain("localFolder: '/elsewhere' # the big disk");
	});

	it.each([
		'',
		'# only a comment\n',
		'localFolder: /x\nsources:\n',
		'localFolder: /x\nsources: []\n',
	])('works on a file without sources: %j', async (before) => {
		const after = await save(before, acme);
		expect(after).toContain('- title: acme');
		expect(after).toContain(before.split('\n')[0] ?? '');
	});

	it('writes a long token and text like numbers so that they are read back unchanged', async () => {
		const token = `ATATT3xFfGF0${'a-_=B'.repeat(40)}`;
		const path = join(makeTemporaryFolder(), 'settings.yml');
		const entry = {
			...acme,
			title: '007',
			name: 'null',
			authName: 'yes',
			password: new Secret(token),
		};
		await store.saveSource(path, {entry});
		expect((await store.read(path))?.content).toMatchObject({
			sources: [{title: '007', name: 'null', authName: 'yes', password: token}],
		});
	});

	it('does not change a file with mistakes', async () => {
		const folder = makeTemporaryFolder();
		const path = join(folder, 'settings.yml');
		for (const text of ['a: [\n', 'hello\n', 'sources: {a: b}\n']) {
			writeFileSync(path, text);
			await expect(store.saveSource(path, {entry: acme})).rejects.toThrow('settings.yml');
			expect(readFileSync(path, 'utf8')).toBe(text);
		}

		expect(readdirSync(folder)).toEqual(['settings.yml']);
	});

	it('makes a file private that others could read', async () => {
		const path = join(makeTemporaryFolder(), 'settings.yml');
		writeFileSync(path, commented);
		chmodSync(path, 0o644);
		await store.saveSource(path, {entry: acme});
		expect(statSync(path).mode & 0o777).toBe(0o600);
	});

	it('keeps a link, and writes to its target', async () => {
		const folder = makeTemporaryFolder();
		mkdirSync(join(folder, 'dotfiles'));
		writeFileSync(join(folder, 'dotfiles/cistern.yml'), commented);
		symlinkSync('dotfiles/cistern.yml', join(folder, 'settings.yml'));
		await store.saveSource(join(folder, 'settings.yml'), {entry: acme});
		expect(lstatSync(join(folder, 'settings.yml')).isSymbolicLink()).toBe(true);
		expect(readFileSync(join(folder, 'dotfiles/cistern.yml'), 'utf8')).toContain('name: acme\n');
	});

	it('is whole at every moment, the old text or the new one', async () => {
		const path = join(makeTemporaryFolder(), 'settings.yml');
		const padding = `# ${'much '.repeat(40_000)}\n`;
		await store.saveSource(path, {entry: acme, localFolder: '/srv/backup'});
		writeFileSync(path, padding + readFileSync(path, 'utf8'));
		const ends = new Set<string>();
		for (const name of ['one', 'two', 'three', 'four']) {
			let isWritten = false;
			const written = store.saveSource(path, {entry: {...acme, name}}).then(() => {
				isWritten = true;
			});
			while (!isWritten) {
				const text = readFileSync(path, 'utf8');
				expect(text.startsWith(padding)).toBe(true);
				ends.add(text.slice(padding.length));
				await new Promise(setImmediate);
			}
			await written;
		}
		const end = 'password: "%BITBUCKET_TOKEN%"\n';
		expect([...ends].filter((text) => !text.endsWith(end))).toEqual([]);
	});

	it('says why it cannot write', async () => {
		const folder = makeTemporaryFolder();
		writeFileSync(join(folder, 'file'), '');
		await expect(
			store.saveSource(join(folder, 'file/settings.yml'), {entry: acme}),
		).rejects.toThrow('cannot be written');
	});

	it('does not turn the source of another hoster into one of Bitbucket', async () => {
		await expect(save(commented, {...acme, title: 'hub'})).rejects.toThrow('github');
	});
});

describe('a target that is added', () => {
	const slack = {
		section: 'tell',
		values: {slack: new Secret('https://hooks.slack.com/x')},
	} as const;
	const email = {
		section: 'email',
		values: {from: 'a@b.org', to: 'a@b.org', server: 'smtp.b.org', port: 587},
	} as const;

	it('stands at the end, and all comments stay', async () => {
		const after = await save(commented, acme, {additions: [slack]});
		const added = '\ntell:\n  - slack: https://hooks.slack.com/x\n';
		expect(after.endsWith(added)).toBe(true);
		expect(after.slice(0, -added.length)).toBe(await save(commented, acme));
		expect(await save('', acme, {additions: [email]})).toContain(
			'\n\nemail:\n  from: a@b.org\n  to: a@b.org\n  server: smtp.b.org\n  port: 587\n',
		);
	});

	it('comes behind the targets that are there, and takes the place of an empty section', async () => {
		const before = `${commented}tell:\n  # the boss\n  - ping: https://hc-ping.com/x\n`;
		expect(await save(before, acme, {additions: [slack]})).toContain(
			'  # the boss\n  - ping: https://hc-ping.com/x\n  - slack: https://hooks.slack.com/x\n',
		);
		expect(parse(await save(`${commented}email:\n`, acme, {additions: [email]}))).toMatchObject({
			email: {server: 'smtp.b.org', port: 587},
		});
	});
});
