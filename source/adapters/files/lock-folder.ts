import {link, mkdir, readFile, rename, rm, writeFile} from 'node:fs/promises';
import {hostname} from 'node:os';
import {join} from 'node:path';
import type {FolderLock, LockHolder} from '../../ports.ts';
import {runMarker} from '../git/environment.ts';
import {codeOf} from './file-failure.ts';
import {endMarkedProcesses, isAlive, readProcessBirth} from './processes.ts';

/** What the lock file says of its holder. `run` is unique and names each take-over. */
type Claim = LockHolder & {readonly run: string; readonly birth: string | undefined};

const lockName = 'lock';

/** Where the claim lies that takes over from a dead holder. */
const successorName = (claim: Claim): string => `${lockName}-after-${claim.run}`;

/**
 * Makes this process the only one to work in `folder`, which is created if need be.
 *
 * Node has no flock, so a claim is a file, put in place whole by `link`, which fails if there is
 * one. A dead holder's claim is never deleted first, which could delete the claim of somebody who
 * was quicker: the successor puts its own claim under a name that belongs to the dead one alone,
 * makes sure that the dead one's claim still stands, and renames its own over it.
 */
export const lockFolder = async (
	folder: string,
	run: string,
): Promise<FolderLock | {heldBy: LockHolder}> => {
	await mkdir(folder, {recursive: true, mode: 0o700});
	const claim = await makeClaim(run);
	const aside = join(folder, `claim-${run}`);
	await writeFile(aside, JSON.stringify(claim), {mode: 0o600});
	try {
		return await claimFolder(folder, aside, run);
	} finally {
		await rm(aside, {force: true});
	}
};

const makeClaim = async (run: string): Promise<Claim> => ({
	run,
	pid: process.pid,
	host: hostname(),
	since: new Date().toISOString(),
	birth: await readProcessBirth(process.pid),
});

const claimFolder = async (
	folder: string,
	aside: string,
	run: string,
): Promise<FolderLock | {heldBy: LockHolder}> => {
	/** The dead holders on the way to the free place, with the name of each one's claim. */
	let dead: {name: string; claim: Claim}[] = [];
	for (let name = lockName; ; ) {
		if (await tryLink(aside, join(folder, name))) {
			if (await stillStand(folder, dead)) {
				await takeOver(folder, name, dead);
				return {release: () => release(folder, run)};
			}

			await rm(join(folder, name), {force: true});
			[name, dead] = [lockName, []];
			continue;
		}

		const holder = await readClaim(join(folder, name));
		if (holder === undefined) {
			// Released in between: the place may be free now.
			[name, dead] = [lockName, []];
			continue;
		}

		if (await lives(holder)) {
			return {heldBy: {pid: holder.pid, host: holder.host, since: holder.since}};
		}

		dead = [...dead, {name, claim: holder}];
		name = successorName(holder);
	}
};

const tryLink = async (from: string, to: string): Promise<boolean> => {
	try {
		await link(from, to);
		return true;
	} catch (error) {
		if (codeOf(error) === 'EEXIST') {
			return false;
		}

		throw error;
	}
};

/** A claim that cannot be read was not written by `link`, so by nobody who holds anything. */
const readClaim = async (path: string): Promise<Claim | undefined> => {
	const text = await readFile(path, 'utf8').catch(() => undefined);
	if (text === undefined) {
		return undefined;
	}

	try {
		const claim: unknown = JSON.parse(text);
		return isClaim(claim) ? claim : damagedClaim;
	} catch {
		return damagedClaim;
	}
};

const damagedClaim: Claim = {run: 'unreadable', pid: 0, host: '', since: '', birth: undefined};

const isClaim = (value: unknown): value is Claim =>
	typeof value === 'object' &&
	value !== null &&
	'run' in value &&
	typeof value.run === 'string' &&
	'pid' in value &&
	typeof value.pid === 'number' &&
	'host' in value &&
	typeof value.host === 'string' &&
	'since' in value &&
	typeof value.since === 'string';

/** Whether a holder on another machine lives cannot be seen from here: it is believed. */
const lives = async (claim: Claim): Promise<boolean> => {
	if (claim.pid === 0) {
		return false;
	}

	if (claim.host !== hostname()) {
		return true;
	}

	return (
		isAlive(claim.pid) &&
		(claim.birth === undefined || claim.birth === (await readProcessBirth(claim.pid)))
	);
};

const stillStand = async (
	folder: string,
	dead: readonly {name: string; claim: Claim}[],
): Promise<boolean> => {
	const runs = await Promise.all(dead.map(async ({name}) => readClaim(join(folder, name))));
	return dead.every(({claim}, index) => runs[index]?.run === claim.run);
};

/** The dead ones' git processes may still write: they are ended before the folder is ours. */
const takeOver = async (
	folder: string,
	name: string,
	dead: readonly {name: string; claim: Claim}[],
): Promise<void> => {
	for (const {claim} of dead) {
		await endMarkedProcesses(`${runMarker}=${claim.run}`);
	}

	if (name !== lockName) {
		await rename(join(folder, name), join(folder, lockName));
		for (const {name: old} of dead.slice(1)) {
			await rm(join(folder, old), {force: true});
		}
	}
};

const release = async (folder: string, run: string): Promise<void> => {
	const path = join(folder, lockName);
	if ((await readClaim(path))?.run === run) {
		await rm(path, {force: true});
	}
};
