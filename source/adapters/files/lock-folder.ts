import {link, mkdir, rename, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import {lockFile as lockName} from '../../domain/plan/layout.ts';
import type {FolderLock, LockHolder} from '../../ports.ts';
import {runMarker} from '../git/environment.ts';
import {codeOf} from './file-failure.ts';
import {type Claim, judgeLife, makeClaim, readClaim} from './lock-claim.ts';
import {endMarkedProcesses} from './processes.ts';
import {isSilent, showLife} from './signs-of-life.ts';

export type LockOptions = {
	/** `link` of the file system; not every one has it. */
	readonly link: (from: string, to: string) => Promise<void>;
	/** Milliseconds until a claim that cannot be read is taken for one that a crash cut short. */
	readonly patience: number;
	/** Milliseconds between two signs of life. */
	readonly beat: number;
};

const usual: LockOptions = {link, patience: 2000, beat: 60_000};

/** Between two looks at a claim that cannot be read. Milliseconds. */
const lookAgainAfter = 50;

/** Where the claim lies that takes over from a dead holder. */
const successorName = (run: string): string => `${lockName}-after-${run}`;

type DeadClaim = {readonly name: string; readonly run: string};

/** What stands in a place that was wanted. */
type Occupant = {readonly dead: DeadClaim} | {readonly heldBy: LockHolder};

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
	options: LockOptions = usual,
): Promise<FolderLock | {heldBy: LockHolder}> => {
	await mkdir(folder, {recursive: true, mode: 0o700});
	const text = JSON.stringify(await makeClaim(run));
	const aside = join(folder, `claim-${run}`);
	await writeFile(aside, text, {mode: 0o600});
	try {
		const put = (name: string) => putClaim(aside, join(folder, name), text, options);
		const heldBy = await claimFolder(folder, run, put, options.patience);
		return heldBy === undefined ? keepLock(folder, run, options.beat) : {heldBy};
	} finally {
		await rm(aside, {force: true});
	}
};

/** Does this run still hold the folder? It does not where its disk is gone, or it was taken over. */
export const isLockedBy = async (folder: string, run: string): Promise<boolean> =>
	(await runOf(join(folder, lockName))) === run;

const keepLock = (folder: string, run: string, beat: number): FolderLock => {
	const path = join(folder, lockName);
	const isOurs = () => isLockedBy(folder, run);
	const stop = showLife(path, isOurs, beat);
	return {
		release: async () => {
			stop();
			if (await isOurs()) {
				await rm(path, {force: true});
			}
		},
	};
};

/** Gives who holds the folder; undefined where it is ours now. */
const claimFolder = async (
	folder: string,
	run: string,
	put: (name: string) => Promise<boolean>,
	patience: number,
): Promise<LockHolder | undefined> => {
	/** The dead holders on the way to the free place, with the name of each one's claim. */
	let dead: readonly DeadClaim[] = [];
	for (let name = lockName; ; ) {
		if (await put(name)) {
			if (await stillStand(folder, dead)) {
				await takeOver(folder, name, dead);
				return undefined;
			}

			await rm(join(folder, name), {force: true});
			[name, dead] = [lockName, []];
			continue;
		}

		const occupant = await lookAt(folder, name, `claim-${run}`, patience);
		if (occupant === undefined) {
			// Released in between: the place may be free now.
			[name, dead] = [lockName, []];
		} else if ('heldBy' in occupant) {
			return occupant.heldBy;
		} else {
			dead = [...dead, occupant.dead];
			name = successorName(occupant.dead.run);
		}
	}
};

/**
 * Puts a claim where there is none. A file system without `link` (exFAT, many network folders) can
 * at least create a file that nobody else creates; for a moment it is there and not yet written.
 */
const putClaim = async (
	aside: string,
	path: string,
	text: string,
	options: LockOptions,
): Promise<boolean> => {
	try {
		await options.link(aside, path);
		return true;
	} catch (error) {
		return codeOf(error) === 'EEXIST' ? false : createClaim(path, text);
	}
};

const createClaim = async (path: string, text: string): Promise<boolean> => {
	try {
		await writeFile(path, text, {flag: 'wx', mode: 0o600});
		return true;
	} catch (error) {
		if (codeOf(error) === 'EEXIST') {
			return false;
		}

		throw error;
	}
};

/** Who holds a place; undefined where it is free by now. `fresh` is a file written just now. */
const lookAt = async (
	folder: string,
	name: string,
	fresh: string,
	patience: number,
): Promise<Occupant | undefined> => {
	const claim = await readSettledClaim(join(folder, name), patience);
	if (claim === undefined) {
		return undefined;
	}

	if (claim === 'unreadable') {
		return {dead: {name, run: claim}};
	}

	const life = await judgeLife(claim);
	const {pid, host, since, run} = claim;
	const isDead =
		life === 'dead' ||
		(life === 'out-of-sight' && (await isSilent(join(folder, name), join(folder, fresh))));
	return isDead ? {dead: {name, run}} : {heldBy: {pid, host, since, isVisible: life === 'lives'}};
};

/** A claim that cannot be read may be on its way to the disk. */
const readSettledClaim = async (
	path: string,
	patience: number,
): Promise<Claim | 'unreadable' | undefined> => {
	for (let waited = 0; ; waited += lookAgainAfter) {
		const claim = await readClaim(path);
		if (claim !== 'unreadable' || waited >= patience) {
			return claim;
		}

		await pause(lookAgainAfter);
	}
};

const runOf = async (path: string): Promise<string | undefined> => {
	const claim = await readClaim(path);
	return typeof claim === 'object' ? claim.run : claim;
};

const stillStand = async (folder: string, dead: readonly DeadClaim[]): Promise<boolean> => {
	const runs = await Promise.all(dead.map(({name}) => runOf(join(folder, name))));
	return dead.every(({run}, index) => runs[index] === run);
};

/** The dead ones' git processes may still write: they are ended before the folder is ours. */
const takeOver = async (
	folder: string,
	name: string,
	dead: readonly DeadClaim[],
): Promise<void> => {
	for (const {run} of dead) {
		await endMarkedProcesses(`${runMarker}=${run}`);
	}

	if (name !== lockName) {
		await rename(join(folder, name), join(folder, lockName));
		for (const {name: old} of dead.slice(1)) {
			await rm(join(folder, old), {force: true});
		}
	}
};
