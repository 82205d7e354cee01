import {createHash} from 'node:crypto';
import {deflateSync} from 'node:zlib';
import {writeLoose} from './loose-objects.ts';
import {writeRefFile} from './ref-files.ts';

const hex = (oid: string): Buffer => Buffer.from(oid, 'hex');

const entry = (mode: string, name: string, oid: string): Buffer =>
	Buffer.concat([Buffer.from(`${mode} ${name}\0`), hex(oid)]);

const person = 'Ann Example <ann@example.com> 1780000000 +0000';

const commitOf = (tree: string, author = person): string =>
	`tree ${tree}\nauthor ${author}\ncommitter ${person}\n\nOdd\n`;

/** Points a branch at a commit with a hook in a folder of this name. */
export const commitHook = async (path: string, folder: string, branch: string): Promise<void> => {
	const script = writeLoose(path, 'blob', '#!/bin/sh\ntouch ../ran\n');
	const hooks = writeLoose(path, 'tree', entry('100755', 'post-checkout', script));
	const named = writeLoose(path, 'tree', entry('40000', 'hooks', hooks));
	const tree = writeLoose(path, 'tree', entry('40000', folder, named));
	const oid = writeLoose(path, 'commit', commitOf(tree));
	writeRefFile(path, `refs/heads/${branch}`, oid);
};

/**
 * Points a branch of a bare repository at a commit that git's fsck refuses: `crooked` as old tools
 * made it, `dot-git` and `submodule` as somebody with bad intent would, `broken` without its files.
 */
export const commitOdd = async (
	path: string,
	kind: 'crooked' | 'dot-git' | 'submodule' | 'broken',
	branch = 'main',
): Promise<void> => {
	const blob = (content: string): string => writeLoose(path, 'blob', content);
	const tree = (...entries: readonly Buffer[]): string =>
		writeLoose(path, 'tree', Buffer.concat(entries));
	const point = async (commit: string): Promise<void> => {
		const oid = writeLoose(path, 'commit', commit);
		writeRefFile(path, `refs/heads/${branch}`, oid);
	};

	switch (kind) {
		case 'crooked':
			return point(
				commitOf(
					tree(entry('0100664', 'old.txt', blob('old\n'))),
					'Ann Example <ann@example.com 1780000000 +0000',
				),
			);
		case 'dot-git':
			return commitHook(path, '.git', branch);
		case 'submodule': {
			const modules = blob(
				'[submodule "../../x"]\n\tpath = x\n\turl = --upload-pack=touch ran\n\tupdate = !touch ran\n',
			);
			const link = entry('160000', 'x', '2'.repeat(40));
			return point(commitOf(tree(entry('100644', '.gitmodules', modules), link)));
		}
		case 'broken':
			return point(commitOf('1'.repeat(40)));
	}
};

type PackedObject = {readonly type: 'commit' | 'tree' | 'blob'; readonly content: Buffer};

const packTypes = {commit: 1, tree: 2, blob: 3} as const;

/** gitformat-pack(5): the type and the lowest four bits of the size, then seven bits each. */
const headOf = ({type, content}: PackedObject): Buffer => {
	const bytes = [(packTypes[type] << 4) | (content.length & 15)];
	for (let rest = content.length >> 4; rest > 0; rest >>= 7) {
		bytes.push(rest & 127);
	}

	return Buffer.from(bytes.map((byte, index) => (index < bytes.length - 1 ? byte | 128 : byte)));
};

const packOf = (objects: readonly PackedObject[]): Buffer => {
	const start = Buffer.from('PACK\0\0\0\u0002\0\0\0\0');
	start.writeUInt32BE(objects.length, 8);
	const parts = objects.flatMap((one) => [headOf(one), deflateSync(one.content)]);
	const pack = Buffer.concat([start, ...parts]);
	return Buffer.concat([pack, createHash('sha1').update(pack).digest()]);
};

const idOf = ({type, content}: PackedObject): string =>
	createHash('sha1').update(`${type} ${content.length}\0`).update(content).digest('hex');

const commit = (tree: string): PackedObject => ({
	type: 'commit',
	content: Buffer.from(commitOf(tree)),
});

/**
 * A pack that a hostile server may send, and the tip that it is said to hold: `lacking`
 * the tree, `unreadable` since its tree ends too early, `not-a-tree` where one should be, `flipped`
 * in a byte.
 */
export const packBroken = (
	kind: 'lacking' | 'unreadable' | 'not-a-tree' | 'flipped',
): {readonly tip: string; readonly pack: Buffer} => {
	const tree: PackedObject = {
		type: kind === 'not-a-tree' ? 'blob' : 'tree',
		content: Buffer.from(kind === 'flipped' ? '' : '100644 short'),
	};
	const tip = commit(idOf(tree));
	const pack = packOf(kind === 'lacking' ? [tip] : [tip, tree]);
	if (kind === 'flipped') {
		pack[20] = (pack[20] ?? 0) ^ 1;
	}

	return {tip: idOf(tip), pack};
};
