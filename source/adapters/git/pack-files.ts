import {readdir, rm, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {orNothing} from '../files/file-failure.ts';
import {GitExit, onDisk} from './run-git.ts';

export const packFolder = join('objects', 'pack');

export const listPackFiles = async (mirror: string): Promise<readonly string[]> => {
	const folder = join(mirror, packFolder);
	return (await readdir(folder).catch(orNothing(folder))) ?? [];
};

/** Bytes of the packs that came since `before` was listed. */
export const sizeOfNewPacks = (mirror: string, before: readonly string[]): Promise<number> =>
	onDisk(mirror, async () => {
		const names = (await listPackFiles(mirror)).filter(
			(name) => name.endsWith('.pack') && !before.includes(name),
		);
		const files = await Promise.all(names.map((name) => stat(join(mirror, packFolder, name))));
		return files.reduce((sum, {size}) => sum + size, 0);
	});

/** git's words when the objects that came are incomplete or not the right ones. */
const refusedPack = /did not send all necessary objects/;

/** A pack that was half written when its git ended. No git reads it, and none removes it for days. */
const isHalfWritten = (name: string): boolean => /^(tmp_|\.tmp-)/.test(name);

/**
 * Removes what a failed `git fetch` left in the mirror, which would grow with each attempt. A later
 * check would take a pack that git refused for damage; no ref reaches it.
 */
export const removeRemains = async (
	mirror: string,
	before: readonly string[],
	error: unknown,
): Promise<void> => {
	const isRefused = error instanceof GitExit && refusedPack.test(error.stderr);
	await removeNewFiles(mirror, before, isRefused ? () => true : isHalfWritten);
};

/**
 * Removes the pack with this id unless it was there `before`, and half-written ones. Another pack that
 * came meanwhile may be that of a `git gc` by hand, and hold everything.
 */
export const removePack = (
	mirror: string,
	before: readonly string[],
	id: string | undefined,
): Promise<void> =>
	removeNewFiles(
		mirror,
		before,
		(name) => isHalfWritten(name) || (id !== undefined && name.startsWith(`pack-${id}.`)),
	);

/** Indexes go first: git ignores a pack without one. */
const removeNewFiles = async (
	mirror: string,
	before: readonly string[],
	isRemains: (name: string) => boolean,
): Promise<void> => {
	const isIndex = (name: string): boolean => name.endsWith('.idx');
	const remains = (await listPackFiles(mirror)).filter(
		(name) => !before.includes(name) && isRemains(name),
	);
	await onDisk(mirror, async () => {
		for (const name of [...remains.filter(isIndex), ...remains.filter((name) => !isIndex(name))]) {
			await rm(join(mirror, packFolder, name), {force: true});
		}
	});
};
