import {createHash} from 'node:crypto';
import {chmodSync, mkdirSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import type {LfsObject} from '../../source/domain/lfs/pointer.ts';

export const sha256 = (content: string | Buffer): string =>
	createHash('sha256').update(content).digest('hex');

export const objectOf = (content: string | Buffer): LfsObject => ({
	oid: sha256(content),
	size: Buffer.byteLength(content),
});

/** The text that git holds in place of a file. */
export const pointerTo = (content: string | Buffer): string => {
	const {oid, size} = objectOf(content);
	return `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${size}\n`;
};

/** Where a repository keeps a file: its git folder, and the file's id. */
export const placeOf = (gitDir: string, oid: string): string =>
	join(gitDir, 'lfs', 'objects', oid.slice(0, 2), oid.slice(2, 4), oid);

/** Puts a file into a store as a fetch does. `oid`: another one damages it. */
export const storeFile = (
	gitDir: string,
	content: string | Buffer,
	oid: string = sha256(content),
): LfsObject => {
	const path = placeOf(gitDir, oid);
	mkdirSync(dirname(path), {recursive: true});
	writeFileSync(path, content);
	chmodSync(path, 0o400);
	return {oid, size: Buffer.byteLength(content)};
};
