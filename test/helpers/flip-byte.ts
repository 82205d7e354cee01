import {chmodSync, readdirSync, readFileSync, truncateSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {git, readOid} from './upstream.ts';

/** The packs of a mirror, made writable. */
export const packsOf = (mirror: string): readonly string[] => {
	const folder = join(mirror, 'objects', 'pack');
	const paths = readdirSync(folder)
		.filter((name) => name.endsWith('.pack'))
		.map((name) => join(folder, name));
	for (const path of paths) {
		chmodSync(path, 0o600);
	}

	return paths;
};

const findInPack = async (path: string, oid: string): Promise<string | undefined> => {
	const listing = await git(dirname(path), 'verify-pack', '-v', path.replace(/pack$/, 'idx'));
	return listing.split('\n').find((each) => each.startsWith(`${oid} `));
};

/** The pack of a mirror that holds what a name stands for. */
export const packWith = async (mirror: string, name: string): Promise<string> => {
	const oid = await readOid(mirror, name);
	for (const path of packsOf(mirror)) {
		if ((await findInPack(path, oid)) !== undefined) {
			return path;
		}
	}

	throw new Error(`no pack of ${mirror} holds ${oid}`);
};

/** Flips one bit of what a mirror's packs hold of an object. */
export const flipByte = async (mirror: string, oid: string): Promise<void> => {
	for (const path of packsOf(mirror)) {
		const line = await findInPack(path, oid);
		if (line !== undefined) {
			const columns = line.split(/\s+/);
			const bytes = readFileSync(path);
			const at = Number(columns[4]) + Number(columns[3]) - 2;
			bytes.writeUInt8((bytes[at] ?? 0) ^ 1, at);
			writeFileSync(path, bytes);
		}
	}
};

/** Empties all packs of a mirror as a broken disk does: the folder around them does not change. */
export const emptyPacks = (mirror: string): void => {
	for (const path of packsOf(mirror)) {
		truncateSync(path);
	}
};
