import {link, mkdir, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {lockFile as lockName} from '../../domain/plan/layout.ts';
import type {FolderLock, OtherHolder} from '../../ports/files.ts';
import {claimPlace} from './claim-place.ts';
import {makeClaim, readRunOf} from './lock-claim.ts';
import {type PutOptions, putClaim} from './put-claim.ts';
import {showLife} from './signs-of-life.ts';

export type LockOptions = PutOptions & {
	/** Milliseconds until a claim that cannot be read is taken for one that a crash cut short. */
	readonly patience: number;
	/** Milliseconds between two signs of life. */
	readonly beat: number;
};

const usual: LockOptions = {link, patience: 2000, beat: 60_000};

/**
 * Makes this process the only one to work in `folder`, which is created if need be.
 *
 * Node has no flock, so a claim is a file, put in place whole by `link`, which fails if there is
 * one; `claimPlace` says how a dead holder's is taken over.
 */
export const lockFolder = async (
	folder: string,
	run: string,
	options: LockOptions = usual,
): Promise<FolderLock | {heldBy: OtherHolder}> => {
	await mkdir(folder, {recursive: true, mode: 0o700});
	const text = JSON.stringify(await makeClaim(run));
	const aside = `claim-${run}`;
	await writeFile(join(folder, aside), text, {mode: 0o600});
	try {
		const heldBy = await claimPlace({
			folder,
			fresh: aside,
			put: (name) => putClaim(join(folder, aside), join(folder, name), text, options),
			patience: options.patience,
		});
		return heldBy === undefined ? keepLock(folder, run, options.beat) : {heldBy};
	} finally {
		await rm(join(folder, aside), {force: true});
	}
};

/** Does this run still hold the folder? It does not where its disk is gone, or it was taken over. */
export const isLockedBy = async (folder: string, run: string): Promise<boolean> =>
	(await readRunOf(join(folder, lockName))) === run;

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
