import {randomUUID} from 'node:crypto';
import type {Git} from '../../ports/git.ts';
import {inMirror, type RunGit} from './run-git.ts';

/** The first line of every LFS pointer (git-lfs, "spec.md"). */
const pointerLine = /^version https:\/\/git-lfs\.github\.com\/spec\/v1$/m;

const attributeLine = /filter\s*=\s*lfs/;

/** Bytes: a pointer's three lines are hardly shorter, and the same page sets the upper limit. */
const minPointer = 100;
const maxPointer = 1024;

/** Reads only files that may be a pointer by their size, or hold attributes by their name. */
export const lfsMethods = (run: RunGit): Pick<Git, 'usesLfs'> => {
	const git = inMirror(run);
	return {
		usesLfs: async (mirror) => {
			// git answers 128 when HEAD has no branch, and so no files.
			const listing = await git(mirror, ['ls-tree', '-r', '-l', '-z', 'HEAD'], {answers: [128]});
			const files = listing.split('\0').map(parseEntry);
			const attributes = oidsOf(files.filter(({path}) => /(^|\/)\.gitattributes$/.test(path)));
			const pointers = oidsOf(files.filter(({size}) => size >= minPointer && size < maxPointer));
			if (attributes.length + pointers.length === 0) {
				return false;
			}

			const divider = randomUUID();
			const input = [...attributes, divider, ...pointers, ''].join('\n');
			const texts = await git(mirror, ['cat-file', '--batch', '--buffer'], {input});
			const [before = '', behind = ''] = texts.split(divider);
			return attributeLine.test(before) || pointerLine.test(behind);
		},
	};
};

type Entry = {readonly oid: string; readonly size: number; readonly path: string};

/** git-ls-tree(1), "-l": mode, type, object id, size, a tab, and the path. */
const parseEntry = (line: string): Entry => {
	const tab = line.indexOf('\t');
	const [, , oid = '', size = ''] = line.slice(0, tab).split(/ +/);
	return {oid, size: Number(size), path: line.slice(tab + 1)};
};

const oidsOf = (entries: readonly Entry[]): readonly string[] => [
	...new Set(entries.map(({oid}) => oid)),
];
