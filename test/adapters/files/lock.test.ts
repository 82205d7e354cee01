import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync} from 'node:fs';
import {link} from 'node:fs/promises';
import {hostname} from 'node:os';
import {join} from 'node:path';
import {describe, expect, it, onTestFinished, vi} from 'vitest';
import {isLockedBy, lockFolder} from '../../../source/adapters/files/lock.ts';
import {isAlive, readMachine, readProcessBirth} from '../../../source/adapters/files/processes.ts';
import {runMarker} from '../../../source/adapters/git/environment.ts';
import type {FolderLock, OtherHolder} from '../../../source/ports/files.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';

const isHeld = (lock: FolderLock | {heldBy: OtherHolder}): lock is FolderLock => 'release' in lock;

const machine = await readMachine();

/** Writes the claim of a process that has ended. */
const leaveDeadClaim = (folder: string, run: string, changes: object = {}): void => {
	const claim = {
		run,
		pid: 2 ** 22 - 1,
		host: hostname(),
		since: '2026-11-20T00:00:00Z',
		machine,
		...changes,
	};
	writeFileSync(join(folder, 'lock'), JSON.stringify(claim));
};

describe('the lock of a folder', () => {
	it('is given to one run, and names its holder to the next', async () => {
		const folder = makeTemporaryFolder();
		const first = await lockFolder(folder, 'one');
		const second = await lockFolder(folder, 'two');

		expect(isHeld(first)).toBe(true);
		expect(second).toMatchObject({
			heldBy: {pid: process.pid, host: hostname(), isVisible: true},
		});
	});

	it('fails at once if the claim cannot be read', async () => {
		const folder = makeTemporaryFolder();
		mkdirSync(join(folder, 'lock'));

		await expect(lockFolder(folder, 'one')).rejects.toMatchObject({
			failure: {kind: 'folder-unusable', path: join(folder, 'lock')},
		});
		expect(readdirSync(folder)).toEqual(['lock']);
	});

	it('can be taken again after its release, and leaves no file behind', async () => {
		const folder = makeTemporaryFolder();
		const first = await lockFolder(folder, 'one');
		if (isHeld(first)) {
			await first.release();
		}

		expect(readdirSync(folder)).toEqual([]);
		expect(isHeld(await lockFolder(folder, 'two'))).toBe(true);
	});

	it('is given to exactly one of several runs that find a dead holder', async () => {
		for (let round = 0; round < 20; round += 1) {
			const folder = makeTemporaryFolder();
			leaveDeadClaim(folder, 'dead');
			const locks = await Promise.all(
				Array.from({length: 8}, (_, index) => lockFolder(folder, `run-${index}`)),
			);
			expect(locks.filter(isHeld)).toHaveLength(1);
			expect(readdirSync(folder)).toEqual(['lock']);
		}
	});

	it('is taken over from a successor that died while it took over', async () => {
		const folder = makeTemporaryFolder();
		leaveDeadClaim(folder, 'dead');
		const claim = readFileSync(join(folder, 'lock'), 'utf8').replace('"dead"', '"successor"');
		writeFileSync(join(folder, 'lock-after-dead'), claim);

		expect(isHeld(await lockFolder(folder, 'new'))).toBe(true);
		expect(JSON.parse(readFileSync(join(folder, 'lock'), 'utf8'))).toMatchObject({run: 'new'});
		expect(readdirSync(folder)).toEqual(['lock']);
	});

	it("is taken over if another process has the holder's id now", async () => {
		const folder = makeTemporaryFolder();
		leaveDeadClaim(folder, 'dead', {pid: process.pid, birth: 'another boot'});
		expect(isHeld(await lockFolder(folder, 'new'))).toBe(true);
	});

	it.each([
		['another machine', {host: 'another', machine: {...machine, id: 'a', boot: 'b'}}],
		['another machine of the same name', {machine: {...machine, id: 'a', boot: 'b'}}],
		['a machine that does not tell which it is', {machine: {}}],
		['a container with processes of its own', {machine: {...machine, processes: 'pid:[1]'}}],
	])(
		'is believed where %s holds it, though no process of that id is seen here',
		async (_, holder) => {
			const folder = makeTemporaryFolder();
			leaveDeadClaim(folder, 'far', holder);
			expect(await lockFolder(folder, 'new')).toMatchObject({
				heldBy: {since: '2026-11-20T00:00:00Z', isVisible: false},
			});
		},
	);

	it('is taken over from an invisible holder after half an hour without a sign of life', async () => {
		const folder = makeTemporaryFolder();
		const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);
		leaveDeadClaim(folder, 'far', {machine: {}});
		utimesSync(join(folder, 'lock'), minutesAgo(25), minutesAgo(25));
		expect(isHeld(await lockFolder(folder, 'new'))).toBe(false);
		utimesSync(join(folder, 'lock'), minutesAgo(35), minutesAgo(35));
		expect(isHeld(await lockFolder(folder, 'new'))).toBe(true);
		expect([await isLockedBy(folder, 'far'), await isLockedBy(folder, 'new')]).toEqual([
			false,
			true,
		]);
	});

	it('is believed if its claim has an unknown form, for half an hour without a sign of life', async () => {
		const folder = makeTemporaryFolder();
		const path = join(folder, 'lock');
		const take = async (claim: unknown, minutes: number) => {
			writeFileSync(path, JSON.stringify(claim));
			const time = new Date(Date.now() - minutes * 60_000);
			utimesSync(path, time, time);
			return lockFolder(folder, 'new');
		};

		expect(await take({v: 2, holder: 'x'}, 25)).toEqual({heldBy: 'another-version'});
		expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({v: 2, holder: 'x'});
		expect(isHeld(await take({v: 2, run: '../x'}, 35))).toBe(true);
		expect(readdirSync(folder)).toEqual(['lock']);
	});

	it("shows signs of life while it is held, and leaves a successor's claim alone", async () => {
		const folder = makeTemporaryFolder();
		const path = join(folder, 'lock');
		const lock = await lockFolder(folder, 'one', {link, claimTimeout: 2000, beat: 5});
		onTestFinished(() => (isHeld(lock) ? lock.release() : undefined));
		utimesSync(path, 0, 0);
		await vi.waitFor(() => expect(statSync(path).mtimeMs).toBeGreaterThan(0));

		leaveDeadClaim(folder, 'two');
		if (isHeld(lock)) {
			await lock.release();
		}

		expect(await isLockedBy(folder, 'two')).toBe(true);
	});

	it('is taken over after this machine was restarted', async () => {
		const folder = makeTemporaryFolder();
		const canTell = machine.id !== undefined && machine.boot !== undefined;
		leaveDeadClaim(folder, 'dead', {pid: process.pid, machine: {...machine, boot: 'before'}});
		expect(isHeld(await lockFolder(folder, 'new'))).toBe(canTell);
	});

	it('is given to exactly one on a file system without hard links too', async () => {
		const options = {
			link: () => Promise.reject(Object.assign(new Error('no links here'), {code: 'EPERM'})),
			claimTimeout: 2000,
			beat: 60_000,
		};
		for (let round = 0; round < 10; round += 1) {
			const folder = makeTemporaryFolder();
			if (round % 2 === 0) {
				leaveDeadClaim(folder, 'dead');
			}

			const locks = await Promise.all(
				Array.from({length: 8}, (_, index) => lockFolder(folder, `run-${index}`, options)),
			);
			expect(locks.filter(isHeld)).toHaveLength(1);
			await locks.find(isHeld)?.release();
			expect(readdirSync(folder)).toEqual([]);
		}
	});

	it.runIf(process.platform === 'linux')('is taken over from a zombie', async () => {
		const folder = makeTemporaryFolder();
		// The child ends, and its parent, which became `sleep`, never asks for its exit code.
		const parent = spawn('sh', ['-c', 'sh -c "echo \\$\\$" & exec sleep 600']);
		onTestFinished(() => void parent.kill('SIGKILL'));
		const pid = Number(String((await once(parent.stdout, 'data'))[0]));
		await vi.waitFor(() => expect(readFileSync(`/proc/${pid}/stat`, 'utf8')).toContain(') Z '));
		leaveDeadClaim(folder, 'zombie', {pid});

		expect(isHeld(await lockFolder(folder, 'new'))).toBe(true);
	});

	it('is taken over after two claims in a row that a crash cut short', async () => {
		const folder = makeTemporaryFolder();
		writeFileSync(join(folder, 'lock'), '');
		writeFileSync(join(folder, 'lock-after-unreadable'), '');

		expect(isHeld(await lockFolder(folder, 'new', {link, claimTimeout: 0, beat: 60_000}))).toBe(
			true,
		);
		expect(readdirSync(folder)).toEqual(['lock']);
	});

	it('is taken over if its file is not a claim at all', async () => {
		const folder = makeTemporaryFolder();
		writeFileSync(join(folder, 'lock'), 'half a cl');
		expect(isHeld(await lockFolder(folder, 'new', {link, claimTimeout: 0, beat: 60_000}))).toBe(
			true,
		);
	});

	it("is given only after the dead holder's children have ended", async () => {
		const folder = makeTemporaryFolder();
		const child = spawn('sleep', ['600'], {env: {...process.env, [runMarker]: 'dead'}});
		onTestFinished(() => void child.kill('SIGKILL'));
		const ended = new Promise((resolve) => child.once('exit', resolve));
		await vi.waitFor(async () => expect(await isAlive(child.pid ?? 0)).toBe(true));
		leaveDeadClaim(folder, 'dead');

		expect(isHeld(await lockFolder(folder, 'new'))).toBe(true);
		await ended;
		expect(child.signalCode).toBe('SIGKILL');
	});
});

describe('the birth of a process', () => {
	it('stays the same while it runs, and is unknown for a missing one', async () => {
		expect(await readProcessBirth(process.pid)).toBe(await readProcessBirth(process.pid));
		expect(await readProcessBirth(2 ** 22 - 1)).toBeUndefined();
	});
});
