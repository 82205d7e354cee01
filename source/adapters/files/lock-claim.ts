import {readFile} from 'node:fs/promises';
import {hostname} from 'node:os';
import type {LockHolder} from '../../ports.ts';
import {type Machine, readMachine} from './machine.ts';
import {isAlive, readProcessBirth} from './processes.ts';

/** What a lock file says of its holder. `run` is unique and names each take-over. */
export type Claim = Omit<LockHolder, 'isVisible'> & {
	readonly run: string;
	readonly birth?: string | undefined;
	readonly machine?: Partial<Machine>;
};

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

/** Undefined where there is none; `unreadable` where what is there is no claim. */
export const readClaim = async (path: string): Promise<Claim | 'unreadable' | undefined> => {
	const text = await readFile(path, 'utf8').catch(() => undefined);
	if (text === undefined) {
		return undefined;
	}

	try {
		const claim: unknown = JSON.parse(text);
		return isClaim(claim) ? claim : 'unreadable';
	} catch {
		return 'unreadable';
	}
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
