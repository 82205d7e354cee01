import type {Dirent} from 'node:fs';
import {lstat, readdir, rm} from 'node:fs/promises';
import {join} from 'node:path';
import type {LfsObject} from '../../domain/lfs/pointer.ts';
import type {LfsInventory, LfsStore} from '../../ports/lfs.ts';
import {ifAbsent, onFile} from '../files/file-failure.ts';
import {forAll} from '../files/small-file.ts';
import {guardStore, hasItsContent, objectPath, openStore, setAside} from './fill-store.ts';

/** Files that are looked up one by one; for more a list is quicker. */
const mostLookedUp = 1000;

/** Files that are read at once. The disk is the limit. */
const readers = 4;

export const lfsStore: LfsStore = {
	listLfs: (mirror) => onFile(mirror, () => list(mirror)),
	findLacking: (mirror, wanted) =>
		onFile(mirror, async () => {
			const sizeOf = await lookUp(mirror, wanted);
			const lacking: LfsObject[] = [];
			for (const object of wanted) {
				const size = sizeOf(object.oid);
				const isHere =
					size === object.size || (size !== undefined && (await hasItsContent(mirror, object.oid)));
				if (!isHere) {
					lacking.push(object);
				}
			}

			return lacking;
		}),
	findDamagedLfs: (mirror, oids, {signal, onBytes}) =>
		onFile(mirror, async () => {
			const damaged: string[] = [];
			await forAll(oids, readers, async (oid) => {
				signal.throwIfAborted();
				if (!(await hasItsContent(mirror, oid, onBytes))) {
					damaged.push(oid);
				}
			});
			return damaged;
		}),
	setAsideLfs: (mirror, oids) =>
		onFile(mirror, async () => {
			for (const oid of oids) {
				await setAside(mirror, oid);
			}
		}),
	takeOverLfs: (mirror, other, wanted, signal) =>
		onFile(mirror, async () => {
			const store = openStore(mirror);
			const taken: LfsObject[] = [];
			await forAll(wanted, readers, async (object) => {
				signal.throwIfAborted();
				if (await hasItsContent(other, object.oid)) {
					await store.takeOver(objectPath(other, object.oid), object.oid);
					taken.push(object);
				}
			});
			await store.sync();
			return taken;
		}),
	guardLfs: (mirror) => onFile(mirror, () => guardStore(mirror)),
	removeLfsParts: (mirror) =>
		onFile(mirror, () => rm(join(mirror, 'lfs', 'incomplete'), {recursive: true, force: true})),
};

const oidForm = /^[\da-f]{64}$/;

/** Folders of `lfs/` that git-lfs fills, and our own. Their files are no strays. */
const knownFolders = new Set(['objects', 'incomplete', 'replaced', 'tmp', 'bad', 'cache', 'logs']);

const list = async (mirror: string): Promise<LfsInventory> => {
	const objects = new Map<string, number>();
	const strays: string[] = [];
	const readFolder = async (path: string, isExpected: (entry: Dirent) => boolean) => {
		const entries = await readdir(join(mirror, path), {withFileTypes: true}).catch(ifAbsent([]));
		strays.push(
			...entries.filter((entry) => !isExpected(entry)).map(({name}) => `${path}/${name}`),
		);
		return entries.filter(isExpected).map(({name}) => name);
	};
	const isShort = (entry: Dirent): boolean =>
		entry.isDirectory() && /^[\da-f]{2}$/.test(entry.name);

	const mark = await lstat(join(mirror, 'lfs')).catch(ifAbsent(undefined));
	if (mark === undefined || !mark.isDirectory()) {
		return {objects, strays: mark === undefined ? [] : ['lfs'], parts: []};
	}

	const inside = await readFolder('lfs', (entry) =>
		entry.isDirectory() ? knownFolders.has(entry.name) : false,
	);
	for (const first of inside.includes('objects') ? await readFolder('lfs/objects', isShort) : []) {
		const seconds = await readFolder(`lfs/objects/${first}`, isShort);
		await Promise.all(
			seconds.map(async (second) => {
				const names = await readFolder(
					`lfs/objects/${first}/${second}`,
					(entry) =>
						entry.isFile() && oidForm.test(entry.name) && entry.name.startsWith(first + second),
				);
				for (const oid of names) {
					objects.set(oid, (await lstat(objectPath(mirror, oid))).size);
				}
			}),
		);
	}

	const parts = inside.includes('incomplete')
		? await readFolder('lfs/incomplete', (entry) => entry.isFile())
		: [];
	return {objects, strays, parts: parts.map((name) => `lfs/incomplete/${name}`)};
};

/** Sizes of these files, as far as they are there. */
const lookUp = async (
	mirror: string,
	wanted: readonly LfsObject[],
): Promise<(oid: string) => number | undefined> => {
	if (wanted.length > mostLookedUp) {
		const {objects} = await list(mirror);
		return (oid) => objects.get(oid);
	}

	const sizes = new Map<string, number>();
	await forAll(wanted, readers, async ({oid}) => {
		const stats = await lstat(objectPath(mirror, oid)).catch(ifAbsent(undefined));
		if (stats?.isFile() === true) {
			sizes.set(oid, stats.size);
		}
	});
	return (oid) => sizes.get(oid);
};
