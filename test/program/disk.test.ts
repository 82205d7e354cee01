import {randomBytes} from 'node:crypto';
import {readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {countedGit} from '../helpers/counted-git.ts';
import {canMountNtfs, mountNtfs} from '../helpers/ntfs-disk.ts';
import {type Home, makeHome} from '../helpers/program.ts';
import {runHere} from '../helpers/program-here.ts';
import {canMount, type DiskOptions, onSmallDisk} from '../helpers/small-disk.ts';
import {commitFile, git, readRefs} from '../helpers/upstream.ts';
import {expectWhole} from '../helpers/whole-mirror.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

const space = /no space is left for \S+acme/;
const readOnly = /acme\S* cannot be used: it is mounted read-only/;
const missing = /acme cannot be used: it is not there any more/;

type Trouble = {
	readonly disk?: DiskOptions;
	/** Before each git whose arguments fit. */
	readonly at: string;
	readonly strike: string;
	/** These are said. */
	readonly words: RegExp;
};

const troubles: readonly Trouble[] = [
	{disk: {isReadOnly: true}, at: 'none', strike: ':', words: readOnly},
	{at: 'for-each-ref*', strike: 'mount -o remount,ro,bind "$BACKUP"', words: readOnly},
	{at: 'rev-list*--all', strike: 'umount -l "$BACKUP" 2> /dev/null', words: missing},
];

const runWith = (home: Home, {disk = {}, at, strike}: Trouble) => {
	const {environment} = countedGit({at, strike});
	const through = onSmallDisk(home.backup, disk);
	return home.run(['--yes'], {...environment, BACKUP: home.backup}, through);
};

describe.runIf(canMount)('a disk that is or becomes read-only, or is pulled out', () => {
	it('stops the run with 1, and the next one is whole', async () => {
		const [{path}] = await acme.addSaved('api');
		const home = makeHome(acme.sandbox, {}, acme.folder);
		const saved = [...(await readRefs(path)).values()];
		for (const changed of [path, (await acme.add('new')).path]) {
			await commitFile(changed, {content: randomBytes(300_000)});
		}

		for (const trouble of troubles) {
			const {exitCode, stderr} = await runWith(home, trouble);

			expect(stderr).toMatch(trouble.words);
			expect(exitCode).toBe(1);
			expect(stderr).toMatch(/[Ff]ree some space|[Rr]un cistern again/);
			expect(stderr).not.toMatch(/bug in Cistern|written beside the disk/);
		}

		expect(await runHere(home, ['--yes'])).toMatchObject({exitCode: 0});
		for (const {slug, path} of acme.sandbox.listRepositories('acme')) {
			await expectWhole(path, join(home.backup, 'acme', `acme#${slug}`, 'repo'), saved);
			saved.length = 0;
		}

		const own = join(home.backup, 'acme', '.cistern');
		expect(readdirSync(own).toSorted()).toEqual(['logs', 'runs.jsonl']);
	});
});

describe.runIf(canMount)('a disk with room for some of the first copies', () => {
	it('gets as many as fit, and the other is named: exit 1', async () => {
		for (const size of [0, 1, 50_000_000]) {
			const {path} = await acme.add(`of-${size}`, {size});
			await commitFile(path, {content: randomBytes(300_000)});
		}

		const home = makeHome(acme.sandbox);
		const full = onSmallDisk(home.backup, {room: 850});
		const {exitCode, stderr} = await home.run(['--yes'], {}, full);

		expect(exitCode).toBe(1);
		expect(stderr).toMatch(/50\.0 MB are to be cloned.* \d+ kB are free/);
		expect(new Set(stderr.match(/no space is left for \S+acme#of-\d+/g))).toHaveProperty('size', 1);
		expect(stderr).toContain('ree some space');
		const saved = readdirSync(join(home.backup, 'acme')).filter((name) => name.startsWith('acme#'));
		expect(saved).toHaveLength(2);
		expect(await runHere(home, ['--yes'])).toMatchObject({exitCode: 0});
	});
});

describe('a file that may not grow any more', () => {
	it('is a full disk too: exit 1, and the next run is whole', async () => {
		const {path} = await acme.add('api');
		await commitFile(path, {content: randomBytes(300_000)});
		const home = makeHome(acme.sandbox);
		const limited = countedGit({at: '*', strike: "trap '' XFSZ; ulimit -f 100"});

		const {exitCode, stderr} = await runHere(home, ['--yes'], limited.environment);

		expect(stderr).toMatch(space);
		expect(exitCode).toBe(1);
		expect(await runHere(home, ['--yes'])).toMatchObject({exitCode: 0});
		await expectWhole(path, join(home.backup, 'acme', 'acme#api', 'repo'), []);
	});
});

describe.runIf(process.platform === 'linux')(
	'a computer that lets the program open no more files',
	() => {
		it('is told in words, with 1, and the next run is whole', async () => {
			const repositories = await Promise.all(
				Array.from({length: 6}, (_, index) => acme.add(`r${index}`)),
			);
			const home = makeHome(acme.sandbox);
			const limit = ['sh', '-c', 'ulimit -n 40; exec "$@"', 'limit'];

			const {exitCode, stderr} = await home.run(['--yes'], {}, limit);

			expect(stderr).toContain('lets the program open no more files');
			expect(stderr).not.toMatch(/bug in Cistern|node:internal/);
			expect(exitCode).toBe(1);
			expect(await runHere(home, ['--yes'])).toMatchObject({exitCode: 0});
			for (const {slug, path} of repositories) {
				const mirror = join(home.backup, 'acme', `acme#${slug}`, 'repo');
				expect(await readRefs(mirror)).toEqual(await readRefs(path));
			}
		});
	},
);

describe('a path that is too long for the disk', () => {
	it('is named, with what to do: exit 1', async () => {
		await acme.add('api');
		const home = makeHome(acme.sandbox);
		const settings = readFileSync(home.settings, 'utf8').replace('/backup', `/${'x'.repeat(256)}`);
		writeFileSync(home.settings, settings);

		const {exitCode, stderr} = await runHere(home, ['--yes']);

		expect(stderr).toMatch(/x+\S* cannot be used: the path is too long for this file system/);
		expect(exitCode).toBe(1);
	});
});

describe.runIf(canMountNtfs)('a disk without rights (left out without root and ntfs-3g)', () => {
	it('holds a backup as any other does, also a mended one, and takes what is restored', async () => {
		const {path} = await acme.add('api');
		const disk = mountNtfs('no-chmod');
		const home = makeHome(acme.sandbox, {}, join(disk, 'backup'));
		const mirror = join(home.backup, 'acme', 'acme#api', 'repo');
		expect(await runHere(home, ['--yes'])).toMatchObject({exitCode: 0});
		rmSync(join(mirror, 'HEAD'));
		await commitFile(path);
		acme.sandbox.speakOldProtocol(true);
		const {path: old} = await acme.add('old');
		expect(await runHere(home, ['--yes'])).toMatchObject({exitCode: 0});
		await expectWhole(path, mirror, []);
		await expectWhole(old, join(home.backup, 'acme', 'acme#old', 'repo'), []);
		for (const form of [[], ['--bare']]) {
			const target = join(disk, `restored-${form.length}`);
			const {exitCode, stderr} = await runHere(home, ['restore', 'api', '--to', target, ...form]);
			expect([exitCode, stderr]).toEqual([0, expect.any(String)]);
			expect(await readRefs(target)).toEqual(await readRefs(path));
		}

		expect(await git(join(disk, 'restored-0'), 'status', '--porcelain')).toBe('');
		expect(await git(join(disk, 'restored-0'), 'remote', '-v')).toContain('api.git (push)');
	});
});

describe.runIf(canMount)('a backup folder made of several disks', () => {
	it('gets what cannot be renamed from one to another as a copy', async () => {
		const {path} = await acme.add('api');
		const home = makeHome(acme.sandbox, {}, acme.folder);
		const own = join(home.backup, 'acme', '.cistern');
		expect(await home.run(['--yes'], {}, onSmallDisk(own, {}))).toMatchObject({exitCode: 0});
		await expectWhole(path, acme.mirror('api'), []);
		expect(readdirSync(acme.path('acme#api'))).toEqual(['cistern.json', 'repo']);
	});
});
