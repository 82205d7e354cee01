import {rename, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {lockFile as lockName} from '../../domain/plan/layout.ts';
import type {OtherHolder} from '../../ports/files.ts';
import {runMarker} from '../git/environment.ts';
import {judgeLife, readRunOf, readSettledClaim} from './lock-claim.ts';
import {endMarkedProcesses} from './processes.ts';
import {isSilent} from './signs-of-life.ts';

export type ClaimAttempt = {
	readonly folder: string;
	/** Name of a file in the folder that was written just now. */
	readonly fresh: string;
	/** Puts our claim where there is none of that name; false where there is one. */
	readonly put: (name: string) => Promise<boolean>;
	/** Milliseconds until a claim that cannot be read is taken for one that a crash cut short. */
	readonly patience: number;
};

/** Where the claim lies that takes over from a dead holder. */
const successorName = (run: string): string => `${lockName}-after-${run}`;

type DeadClaim = {readonly name: string; readonly run: string};

/** What stands in a place that was wanted. */
type Occupant = {readonly dead: DeadClaim} | {readonly heldBy: OtherHolder};

/**
 * Gives who holds the folder; undefined where it is ours now.
 *
 * A dead holder's claim is never deleted first, which could delete the claim of somebody who was
 * quicker: the successor puts its own claim under a name that belongs to the dead one alone, makes
 * sure that the dead one's claim still stands, and renames its own over it.
 */
export const claimPlace = async (attempt: ClaimAttempt): Promise<OtherHolder | undefined> => {
	const {folder, put} = attempt;
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

		const occupant = await lookAt(attempt, name);
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

/** Who holds a place; undefined where it is free by now. */
const lookAt = async (
	{folder, fresh, patience}: ClaimAttempt,
	name: string,
): Promise<Occupant | undefined> => {
	const claim = await readSettledClaim(join(folder, name), patience);
	if (claim === undefined) {
		return undefined;
	}

	if (claim === 'unreadable') {
		return {dead: {name, run: claim}};
	}

	const isQuiet = () => isSilent(join(folder, name), join(folder, fresh));
	if ('isForeign' in claim) {
		const isDead = claim.isDead || (await isQuiet());
		return isDead ? {dead: {name, run: claim.run}} : {heldBy: 'another-version'};
	}

	const life = await judgeLife(claim);
	const {pid, host, since, run} = claim;
	const isDead = life === 'dead' || (life === 'out-of-sight' && (await isQuiet()));
	return isDead ? {dead: {name, run}} : {heldBy: {pid, host, since, isVisible: life === 'lives'}};
};

const stillStand = async (folder: string, dead: readonly DeadClaim[]): Promise<boolean> => {
	const runs = await Promise.all(dead.map(({name}) => readRunOf(join(folder, name))));
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
