import {createHash, randomBytes} from 'node:crypto';
import {mkdir, readFile, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {deflateSync, inflateSync} from 'node:zlib';
import {codeOf, orNothing} from '../../files/file-failure.ts';
import {forAll, putSynced, syncFolder, writeNewFile, writers} from '../../files/small-file.ts';
import type {Hash} from '../mirror.ts';

/**
 * git's objects that lie in files of their own, read and written without a process: for a few small
 * ones, starting git costs more than all else. They are compressed where they stand, as handing them to
 * another thread takes longer.
 */

/** Bytes. A longer file is none of Cistern's: a text of 500 MB is more than Node can hold. */
export const mostBytes = 100 * 1024 * 1024;

/** One of git's objects with its id. */
export type GitObject = {readonly oid: string; readonly bytes: Buffer};

/** The form that git hashes and stores: type and size in bytes, a NUL, the content. */
export const makeObject = (type: string, content: string | Buffer, hash: Hash): GitObject => {
	const body = Buffer.from(content);
	const bytes = Buffer.concat([Buffer.from(`${type} ${body.length}\0`), body]);
	return {oid: createHash(hash).update(bytes).digest('hex'), bytes};
};

/**
 * Writes each object that has no file yet into one, as git does: first under a name that git treats as
 * garbage, then synced and renamed. All of them survive a power cut once this has ended.
 */
export const writeObjects = async (
	mirror: string,
	objects: readonly GitObject[],
): Promise<void> => {
	const folder = join(mirror, 'objects');
	const names = [...new Set(objects.map(({oid}) => oid.slice(0, 2)))];
	await addFolders(folder, names);
	await forAll(objects, writers, async ({oid, bytes}) => {
		const own = join(folder, oid.slice(0, 2));
		const path = join(own, oid.slice(2));
		if ((await stat(path).catch(orNothing(path))) === undefined) {
			const aside = join(own, `tmp_obj_${randomBytes(6).toString('hex')}`);
			await putSynced(path, deflateSync(bytes), {aside, mode: 0o444});
		}
	});
	await forAll(names, writers, (name) => syncFolder(join(folder, name)));
};

/** The same in a mirror that is not in place yet. Not synced. */
export const writeNewObject = async (mirror: string, {oid, bytes}: GitObject): Promise<void> => {
	const folder = join(mirror, 'objects', oid.slice(0, 2));
	await mkdir(folder, {recursive: true, mode: 0o700});
	await writeNewFile(join(folder, oid.slice(2)), deflateSync(bytes));
};

/** Adds folders to one that exists. Not recursive: it must not create the mirror again after a removal. */
const addFolders = async (parent: string, names: readonly string[]): Promise<void> => {
	const areNew = await Promise.all(
		names.map(async (name) => {
			try {
				await mkdir(join(parent, name), {mode: 0o700});
				return true;
			} catch (error) {
				if (codeOf(error) === 'EEXIST') {
					return false;
				}

				throw error;
			}
		}),
	);
	if (areNew.includes(true)) {
		await syncFolder(parent);
	}
};

/** Throws for an object that has no file of its own, or one that only git can judge, or one of more than `longest` bytes. */
export const readLoose = async (
	mirror: string,
	oid: string,
	longest = mostBytes,
): Promise<{readonly type: string; readonly content: Buffer}> => {
	const path = join(mirror, 'objects', oid.slice(0, 2), oid.slice(2));
	if (longest < mostBytes && (await stat(path)).size > longest) {
		throw new Error('a long object');
	}

	const bytes = inflateSync(await readFile(path), {maxOutputLength: longest});
	const end = bytes.indexOf(0);
	const [type = ''] = bytes.toString('latin1', 0, end).split(' ');
	return {type, content: bytes.subarray(end + 1)};
};
