import {readFile} from 'node:fs/promises';
import {hostname} from 'node:os';
import {setTimeout as pause} from 'node:timers/promises';
import type {LockHolder} from '../../ports/files.ts';
import {asFileFailure, isAbsence} from './file-failure.ts';
import {type Machine, readMachine} from './machine.ts';
import {isAlive, readProcessBirth} from './processes.ts';

/** What a lock file says of its holder. `run` is unique and names each take-over. */
export type Claim = Omit<LockHolder, 'isVisible'> & {
	readonly run: string;
	readonly birth?: string | undefined;
	readonly machine?: Partial<Machine>;
};

/** A claim in the form of another version of Cistern. */
export type ForeignClaim = {
	readonly isForeign: true;
	readonly run: string;
	/** Is its process known to be gone from this machine? */
	readonly isDead: boolean;
};

type Reading = Claim | ForeignClaim | 'unreadable' | undefined;

/** Between two looks at a claim that cannot be read. Milliseconds. */
const lookAgainAfter = 50;

/** Of a holder that is out of sight nobody can tell; it is believed. */
export type Life = 'lives' | 'dead' | 'out-of-sight';

export const makeClaim = async (run: string): Promise<Claim> => ({
	run,
	pid: process.pid,
	host: hostname(),
	since: new Date().toISOString(),
	birth: await readProcessBirth(process.pid),
	machine: await readMachine(),
});

/**
 * Undefined where there is none; `unreadable` where what is there is no JSON. Throws where this
 * cannot be told: another user's claim, or a disk that gives an error, is not a free place.
 */
export const readClaim = async (path: string): Promise<Reading> => {
	const text = await readFile(path, 'utf8').catch((error: unknown) => {
		if (isAbsence(error)) {
			return undefined;
		}

		throw asFileFailure(error, path);
	});
	if (text === undefined) {
		return undefined;
	}

	let claim: unknown;
	try {
		claim = JSON.parse(text);
	} catch {
		return 'unreadable';
	}

	return isClaim(claim) ? claim : readForeignClaim(claim);
};

const readForeignClaim = async (value: unknown): Promise<ForeignClaim> => {
	const claim: object = typeof value === 'object' && value !== null ? value : {};
	// The name becomes part of a file's name.
	const isNamed = 'run' in claim && typeof claim.run === 'string' && /^[\w-]+$/.test(claim.run);
	return {
		isForeign: true,
		run: isNamed ? String(claim.run) : 'foreign',
		isDead: await isForeignDead(claim),
	};
};

/**
 * Only a process that is not there says so: another version may write a machine's boot or a
 * process's birth in another form, and a difference means nothing.
 */
const isForeignDead = async (claim: object): Promise<boolean> => {
	const known: unknown = {run: '', since: '', ...claim, birth: undefined};
	if (!isClaim(known) || known.host !== hostname()) {
		return false;
	}

	const {id: _, ...life} = known.machine ?? {};
	return (await judgeLife({...known, machine: life})) === 'dead';
};

/** A claim that cannot be read may be on its way to the disk. */
export const readSettledClaim = async (path: string, patience: number): Promise<Reading> => {
	for (let waited = 0; ; waited += lookAgainAfter) {
		const claim = await readClaim(path);
		if (claim !== 'unreadable' || waited >= patience) {
			return claim;
		}

		await pause(lookAgainAfter);
	}
};

/** Name of the run whose claim it is. */
export const readRunOf = async (path: string): Promise<string | undefined> => {
	const claim = await readClaim(path);
	return typeof claim === 'object' ? claim.run : claim;
};

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
	typeof value.since === 'string' &&
	(!('machine' in value) || (typeof value.machine === 'object' && value.machine !== null));

/**
 * A process can be looked for only on the machine it runs on, and a host's name does not tell: two
 * may share a network folder and be called alike.
 */
export const judgeLife = async ({pid, host, birth, machine = {}}: Claim): Promise<Life> => {
	const here = await readMachine();
	const isSameMachine = host === hostname() && isSame(machine.id, here.id);
	if (isSameMachine && areDifferent(machine.boot, here.boot)) {
		return 'dead';
	}

	const isSameBoot = isSame(machine.boot, here.boot) || (isSameMachine && here.boot === undefined);
	if (!isSameBoot || !isSame(machine.processes, here.processes)) {
		return 'out-of-sight';
	}

	const isThere = isAlive(pid) && (birth === undefined || birth === (await readProcessBirth(pid)));
	return isThere ? 'lives' : 'dead';
};

const isSame = (left: string | undefined, right: string | undefined): boolean =>
	left !== undefined && left === right;

const areDifferent = (left: string | undefined, right: string | undefined): boolean =>
	left !== undefined && right !== undefined && left !== right;
