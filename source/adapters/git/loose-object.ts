import {createHash, randomBytes} from 'node:crypto';
import {mkdir} from 'node:fs/promises';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {deflate} from 'node:zlib';
import {codeOf} from '../files/file-failure.ts';
import {replaceFile, syncFolder} from '../files/small-file.ts';

const compress = promisify(deflate);

/** An object of git's, and the id that its content gives it. */
export type LooseObject = {readonly oid: string; readonly bytes: Buffer};

/** Which hash names a mirror's objects: that of an id it holds, by its length. */
export const hashOf = (oid: string | undefined): 'sha1' | 'sha256' =>
	oid?.length === 64 ? 'sha256' : 'sha1';

/** The form that git hashes and keeps: type and size in bytes, a NUL, the content. */
export const makeObject = (
	type: 'blob' | 'tree' | 'commit',
	content: string | Buffer,
	hash: 'sha1' | 'sha256',
): LooseObject => {
	const body = Buffer.from(content);
	const bytes = Buffer.concat([Buffer.from(`${type} ${body.length}\0`), body]);
	return {oid: createHash(hash).update(bytes).digest('hex'), bytes};
};

/**
 * Writes each object into a file of its own, as git does: aside under a name that git knows for
 * garbage, synced, renamed. A process of git's for so little costs ten times as much.
 */
export const writeObjects = async (
	mirror: string,
	objects: readonly LooseObject[],
): Promise<void> => {
	const folder = join(mirror, 'objects');
	await addFolders(
		folder,
		objects.map(({oid}) => oid.slice(0, 2)),
	);
	await Promise.all(objects.map((object) => writeObject(folder, object)));
};

const writeObject = async (objects: string, {oid, bytes}: LooseObject): Promise<void> => {
	const folder = join(objects, oid.slice(0, 2));
	const aside = join(folder, `tmp_obj_${randomBytes(6).toString('hex')}`);
	await replaceFile(join(folder, oid.slice(2)), await compress(bytes), aside);
};

/** Folders more in one that is there: a mirror that is gone is not begun anew. */
export const addFolders = async (parent: string, names: readonly string[]): Promise<void> => {
	const areNew = await Promise.all(names.map((name) => addFolder(join(parent, name))));
	if (areNew.includes(true)) {
		await syncFolder(parent);
	}
};

/** Was it not there yet? */
const addFolder = async (path: string): Promise<boolean> => {
	try {
		await mkdir(path, {mode: 0o700});
		return true;
	} catch (error) {
		if (codeOf(error) === 'EEXIST') {
			return false;
		}

		throw error;
	}
};
