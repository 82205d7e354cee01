import {createHash} from 'node:crypto';
import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {deflateSync, inflateSync} from 'node:zlib';

/**
 * Writes and reads git's loose objects without a process, also objects that git itself would refuse
 * to make. Packed objects are not found.
 */

/** The path of a loose object. */
const looseFile = (path: string, oid: string): string =>
	join(path, 'objects', oid.slice(0, 2), oid.slice(2));

type LooseObject = {readonly type: string; readonly content: Buffer};

/** An object of a bare repository; undefined when it is packed or missing. */
const readLoose = (path: string, oid: string): LooseObject | undefined => {
	const file = looseFile(path, oid);
	if (oid === '' || !existsSync(file)) {
		return undefined;
	}
	const object = inflateSync(readFileSync(file));
	const end = object.indexOf(0);
	const [type = ''] = object.toString('latin1', 0, end).split(' ');
	return {type, content: object.subarray(end + 1)};
};

export type ObjectType = 'blob' | 'tree' | 'commit' | 'tag';

/** Gives the object's id. */
export const writeLoose = (path: string, type: ObjectType, content: Buffer | string): string => {
	const bytes = Buffer.from(content);
	const object = Buffer.concat([Buffer.from(`${type} ${bytes.length}\0`), bytes]);
	const oid = createHash('sha1').update(object).digest('hex');
	const file = looseFile(path, oid);
	if (!existsSync(file)) {
		mkdirSync(dirname(file), {recursive: true});
		writeFileSync(file, deflateSync(object, {level: 1}), {mode: 0o444});
	}
	return oid;
};

const hexLength = 40;

/** A commit's tree and first parent; undefined when it is not loose. */
export const readLooseCommit = (
	path: string,
	oid: string,
): {readonly tree: string; readonly parent: string | undefined} | undefined => {
	const text = readLoose(path, oid)?.content.toString('latin1');
	if (text === undefined) {
		return undefined;
	}
	const tree = text.slice('tree '.length, 'tree '.length + hexLength);
	return {tree, parent: /^tree .{40}\nparent (.{40})\n/.exec(text)?.[1]};
};

export type TreeEntry = {readonly mode: string; readonly name: string; readonly oid: string};

/** Undefined when the tree is not loose. */
export const readLooseTree = (path: string, oid: string): readonly TreeEntry[] | undefined => {
	const bytes = readLoose(path, oid)?.content;
	if (bytes === undefined) {
		return undefined;
	}
	const entries: TreeEntry[] = [];
	for (let start = 0; start < bytes.length; ) {
		const end = bytes.indexOf(0, start);
		const [mode = '', name = ''] = splitOnce(bytes.toString('utf8', start, end));
		entries.push({mode, name, oid: bytes.toString('hex', end + 1, end + 1 + hexLength / 2)});
		start = end + 1 + hexLength / 2;
	}
	return entries;
};

/** A file of a commit; undefined when it is not there, or something on the way to it is not loose. */
export const readLooseFile = (path: string, commit: string, file: string): string | undefined => {
	let oid = readLooseCommit(path, commit)?.tree ?? '';
	for (const name of file.split('/')) {
		oid = readLooseTree(path, oid)?.find((entry) => entry.name === name)?.oid ?? '';
	}

	return readLoose(path, oid)?.content.toString('utf8');
};

const splitOnce = (text: string): readonly [string, string] => {
	const at = text.indexOf(' ');
	return [text.slice(0, at), text.slice(at + 1)];
};

/** Keeps the entries in the given order. Gives the tree's id. */
export const writeLooseTree = (path: string, entries: readonly TreeEntry[]): string => {
	const parts = entries.map(({mode, name, oid}) =>
		Buffer.concat([Buffer.from(`${mode} ${name}\0`), Buffer.from(oid, 'hex')]),
	);
	return writeLoose(path, 'tree', Buffer.concat(parts));
};
