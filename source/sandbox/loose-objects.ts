import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {inflateSync} from 'node:zlib';

/** Where an object of git's is while it is in a file of its own. */
export const looseFile = (path: string, oid: string): string =>
	join(path, 'objects', oid.slice(0, 2), oid.slice(2));

export type LooseObject = {readonly type: string; readonly content: Buffer};

/** An object of a bare repository; undefined where it is in no file of its own: packed, or not there. */
export const readLoose = (path: string, oid: string): LooseObject | undefined => {
	const file = looseFile(path, oid);
	if (!existsSync(file)) {
		return undefined;
	}
	const object = inflateSync(readFileSync(file));
	const end = object.indexOf(0);
	const [type = ''] = object.toString('latin1', 0, end).split(' ');
	return {type, content: object.subarray(end + 1)};
};
