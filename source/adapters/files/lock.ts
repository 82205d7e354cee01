import {link, mkdir, readFile, rename, rm, stat, utimes, writeFile} from 'node:fs/promises';
import {hostname} from 'node:os';
import {join} from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import * as v from 'valibot';
import {lockFile} from '../../domain/plan/layout.ts';
import type {FolderLock, OtherHolder} from '../../ports/files.ts';
import {runMarker} from '../git/environment.ts';
import {asFileFailure, codeOf, isAbsence} from './file-failure.ts';
import {endMarkedProcesses, isAlive, readMachine, readProcessBirth} from './processes.ts';

type LockOptions = {
	/** Not every file system has hard links. */
	readonly link: (from: string, to: string) => Promise<void>;
	/** Milliseconds after which a claim that is not whole counts as cut short by a crash. */
	readonly claimTimeout: number;
	/** Milliseconds between two signs of life. */
	readonly beat: number;
};

const usual: LockOptions = {link, claimTimeout: 2000, beat: 60_000};

/**
 * Milliseconds after its last sign of life during which an invisible holder counts as alive. Without
 * a limit, a container that was killed would hold its folder for ever.
 */
const longestSilence = 30 * 60_000;

const optionalText = v.optional(v.string());

/** The content of a lock file, the same in all versions. `run` is unique. */
const claimForm = v.object({
	// It becomes part of a file name.
	run: v.pipe(v.string(), v.regex(/^[\w-]+$/)),
	pid: v.number(),
	host: v.string(),
	since: v.string(),
	birth: optionalText,
	machine: v.optional(
		v.object({id: optionalText, boot: optionalText, processes: optionalText}),
		{},
	),
});

type Claim =
	| ({readonly form: 'known'} & v.InferOutput<typeof claimForm>)
	/** `cut-short`: not even JSON. `unknown`: another version may have written it. */
	| {readonly form: 'unknown' | 'cut-short'; readonly run: string};

/**
 * Makes this process the only one to work in `folder`, which is created if need be. Gives the lock,
 * or the holder. Node has no flock, so the lock is a file: `link` puts it in place whole, and fails
 * when one exists.
 */
export const lockFolder = async (
	folder: string,
	run: string,
	options: LockOptions = usual,
): Promise<FolderLock | {heldBy: OtherHolder}> => {
	await mkdir(folder, {recursive: true, mode: 0o700});
	const fresh = join(folder, `claim-${run}`);
	const text = JSON.stringify({
		run,
		pid: process.pid,
		host: hostname(),
		since: new Date().toISOString(),
		birth: await readProcessBirth(process.pid),
		machine: await readMachine(),
	});
	await writeFile(fresh, text, {mode: 0o600});
	try {
		const put = (name: string) => putClaim(fresh, join(folder, name), text, options);
		const heldBy = await claimFolder(folder, fresh, put, options.claimTimeout);
		return heldBy === undefined ? keepLock(folder, run, options.beat) : {heldBy};
	} finally {
		await rm(fresh, {force: true});
	}
};

/** Does this run still hold the folder? No, if another took over or the disk is gone. */
export const isLockedBy = async (folder: string, run: string): Promise<boolean> =>
	(await readClaim(join(folder, lockFile)))?.run === run;

/** Gives false when a claim exists already. */
const putClaim = async (
	fresh: string,
	path: string,
	text: string,
	options: LockOptions,
): Promise<boolean> => {
	try {
		await options.link(fresh, path).catch((error: unknown) => {
			if (codeOf(error) === 'EEXIST') {
				throw error;
			}

			// exFAT and many network folders have no links. For a moment this file is there and empty.
			return writeFile(path, text, {flag: 'wx', mode: 0o600});
		});
		return true;
	} catch (error) {
		if (codeOf(error) === 'EEXIST') {
			return false;
		}

		throw error;
	}
};

type DeadClaim = {readonly name: string; readonly run: string};

/**
 * Gives the holder of the folder; undefined when the folder is ours now.
 *
 * A dead holder's claim is never deleted first: that could delete the claim of a faster successor.
 * A successor puts its claim under a name made from the dead run's, sees that the dead claim is
 * still there, and renames its own over it. A successor that dies in the meantime is replaced in the same way.
 */
const claimFolder = async (
	folder: string,
	fresh: string,
	put: (name: string) => Promise<boolean>,
	claimTimeout: number,
): Promise<OtherHolder | undefined> => {
	let dead: readonly DeadClaim[] = [];
	for (;;) {
		const name = [lockFile, ...dead.map(({run}) => `after-${run}`)].join('-');
		if (await put(name)) {
			const claims = await Promise.all(dead.map((claim) => readClaim(join(folder, claim.name))));
			if (dead.every(({run}, index) => claims[index]?.run === run)) {
				await takeOver(folder, name, dead);
				return undefined;
			}

			await rm(join(folder, name), {force: true});
			dead = [];
			continue;
		}

		const found = await judgeClaim(join(folder, name), fresh, claimTimeout);
		if ('heldBy' in found) {
			return found.heldBy;
		}

		// A claim that was released in the meantime: start again.
		dead = found.dead === undefined ? [] : [...dead, {name, run: found.dead}];
	}
};

/** The git processes of the dead runs may still write, so they are ended first. */
const takeOver = async (folder: string, name: string, dead: readonly DeadClaim[]) => {
	for (const {run} of dead) {
		await endMarkedProcesses(`${runMarker}=${run}`);
	}

	if (name !== lockFile) {
		await rename(join(folder, name), join(folder, lockFile));
		await Promise.all(dead.slice(1).map((old) => rm(join(folder, old.name), {force: true})));
	}
};

/** Undefined when there is no file. Throws when it cannot be read: another run may hold the folder. */
const readClaim = async (path: string): Promise<Claim | undefined> => {
	try {
		const claim = v.safeParse(claimForm, JSON.parse(await readFile(path, 'utf8')));
		return claim.success
			? {form: 'known', ...claim.output}
			: {form: 'unknown', run: 'of-another-version'};
	} catch (error) {
		if (error instanceof SyntaxError) {
			return {form: 'cut-short', run: 'unreadable'};
		}

		if (isAbsence(error)) {
			return undefined;
		}

		throw asFileFailure(error, path);
	}
};

type Found = {readonly heldBy: OtherHolder} | {readonly dead: string | undefined};

/** `dead` is the run of a claim that may be taken over; undefined when there is none any more. */
const judgeClaim = async (path: string, fresh: string, claimTimeout: number): Promise<Found> => {
	let claim = await readClaim(path);
	for (let waited = 0; claim?.form === 'cut-short' && waited < claimTimeout; waited += 50) {
		// It may be on its way to the disk.
		await pause(50);
		claim = await readClaim(path);
	}

	if (claim === undefined || claim.form === 'cut-short') {
		return {dead: claim?.run};
	}

	const life = claim.form === 'known' ? await judgeLife(claim) : 'invisible';
	if (life === 'dead' || (life === 'invisible' && (await isSilent(path, fresh)))) {
		return {dead: claim.run};
	}

	if (claim.form !== 'known') {
		return {heldBy: 'another-version'};
	}

	const {pid, host, since} = claim;
	return {heldBy: {pid, host, since, isVisible: life === 'alive'}};
};

/**
 * A process can be seen only on its own machine. The host's name is not enough: two machines that
 * share a network folder may have the same one.
 */
const judgeLife = async ({
	pid,
	host,
	birth,
	machine,
}: v.InferOutput<typeof claimForm>): Promise<'alive' | 'dead' | 'invisible'> => {
	const here = await readMachine();
	const isHere = host === hostname() && machine.id !== undefined && machine.id === here.id;
	if (machine.boot !== here.boot) {
		const isRestarted = isHere && machine.boot !== undefined && here.boot !== undefined;
		return isRestarted ? 'dead' : 'invisible';
	}

	// Windows names no boot.
	const isSameBoot = here.boot !== undefined || isHere;
	if (!isSameBoot || machine.processes === undefined || machine.processes !== here.processes) {
		return 'invisible';
	}

	return (await isAlive(pid, birth)) ? 'alive' : 'dead';
};

/** `fresh` was written just now: only the file system's clock counts, as two machines' differ. */
const isSilent = async (path: string, fresh: string): Promise<boolean> => {
	const [last, now] = await Promise.all([stat(path), stat(fresh)]).catch(() => []);
	return last !== undefined && now !== undefined && now.mtimeMs - last.mtimeMs > longestSilence;
};

const keepLock = (folder: string, run: string, beat: number): FolderLock => {
	const path = join(folder, lockFile);
	const showLife = async (): Promise<void> => {
		if (await isLockedBy(folder, run)) {
			const now = new Date();
			await utimes(path, now, now);
		}
	};
	// A sign that could not be given does no harm: the next one follows soon.
	const timer = setInterval(() => void showLife().catch(() => undefined), beat).unref();
	return {
		release: async () => {
			clearInterval(timer);
			if (await isLockedBy(folder, run)) {
				await rm(path, {force: true});
			}
		},
	};
};
