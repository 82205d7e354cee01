import {readdir, readFile, rm, stat, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {orNothing} from '../../files/file-failure.ts';
import {GitExit, onDisk} from '../run-git.ts';
import {findAbsent} from './pack-index.ts';

export const packFolder = join('objects', 'pack');

export const listPackFiles = async (mirror: string): Promise<readonly string[]> => {
	const folder = join(mirror, packFolder);
	return (await readdir(folder).catch(orNothing(folder))) ?? [];
};

/** Names of the packs that came since `before` was listed, without their endings. */
const listNewPacks = async (
	mirror: string,
	before: readonly string[],
): Promise<readonly string[]> =>
	(await listPackFiles(mirror))
		.filter((name) => name.endsWith('.idx') && !before.includes(name))
		.map((name) => name.slice(0, -'.idx'.length));

/** Bytes of the packs that came since `before` was listed. */
export const sizeOfNewPacks = (mirror: string, before: readonly string[]): Promise<number> =>
	onDisk(mirror, async () => {
		const names = (await listNewPacks(mirror, before)).map((name) => `${name}.pack`);
		const files = await Promise.all(names.map((name) => stat(join(mirror, packFolder, name))));
		return files.reduce((sum, {size}) => sum + size, 0);
	});

/**
 * The text of a `.keep` file that holds a pack until the refs are moved. No ref reaches its objects
 * before, and a `git gc --prune=now` by hand would remove them. `git index-pack --keep` makes it.
 */
export const heldByUs = 'cistern';

/** Holds the packs that a `git fetch` brought, which holds them itself until it ends. */
export const holdNewPacks = (mirror: string, before: readonly string[]): Promise<void> =>
	onDisk(mirror, async () => {
		for (const name of await listNewPacks(mirror, before)) {
			await writeFile(join(mirror, packFolder, `${name}.keep`), `${heldByUs}\n`, {mode: 0o600});
		}
	});

/** Holds packs no longer. After a kill, `clearStaleLocks` does it. */
export const releasePacks = (mirror: string): Promise<void> =>
	onDisk(mirror, async () => {
		for (const name of (await listPackFiles(mirror)).filter((each) => each.endsWith('.keep'))) {
			const path = join(mirror, packFolder, name);
			if ((await readFile(path, 'utf8')) === `${heldByUs}\n`) {
				await rm(path, {force: true});
			}
		}
	});

/** git's words when the objects that came are incomplete or not the right ones. */
const refusedPack = /did not send all necessary objects/;

/** A pack that was half written when its git ended. No git reads it, and none removes it for days. */
const isHalfWritten = (name: string): boolean => /^(tmp_|\.tmp-)/.test(name);

/**
 * Removes what a failed `git fetch` of `wants` left in the mirror, which would grow with each attempt.
 * A later check would take a pack that git refused for damage; no ref reaches it. A pack without
 * anything that was wanted may be that of a `git gc` by hand, and hold everything.
 */
export const removeRemains = async (
	mirror: string,
	before: readonly string[],
	wants: ReadonlySet<string>,
	error: unknown,
): Promise<void> => {
	const refused: string[] = [];
	if (error instanceof GitExit && refusedPack.test(error.stderr)) {
		for (const name of await listNewPacks(mirror, before)) {
			const absent = await findAbsent(join(mirror, packFolder, `${name}.idx`), wants);
			refused.push(...(absent.size < wants.size ? [`${name}.`] : []));
		}
	}

	const isRefused = (name: string): boolean => refused.some((start) => name.startsWith(start));
	await removeNewFiles(mirror, before, (name) => isHalfWritten(name) || isRefused(name));
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
