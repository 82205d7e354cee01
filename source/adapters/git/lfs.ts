import {randomUUID} from 'node:crypto';
import type {Git} from '../../ports/git.ts';
import {inMirror} from './mirror.ts';
import type {RunGit} from './open-git.ts';

/** The first line of every LFS pointer (git-lfs, "spec.md"). */
const pointerLine = /^version https:\/\/git-lfs\.github\.com\/spec\/v1$/m;

const attributeLine = /filter\s*=\s*lfs/;

/** Bytes: three lines are hardly shorter, and the same page says that none is this long. */
const shortestPointer = 100;
const longestPointer = 1024;

/** Looks into what may be a pointer or an attribute, by its size and name, and into nothing else. */
export const lfsMethods = (run: RunGit): Pick<Git, 'usesLfs'> => {
	const git = inMirror(run);
	return {
		usesLfs: async (mirror) => {
			// A HEAD without a branch has no files.
			const listing = await git(mirror, ['ls-tree', '-r', '-l', '-z', 'HEAD'], {answers: [128]});
			const files = listing.split('\0').map(parseEntry);
			const attributes = oidsOf(files.filter(({path}) => /(^|\/)\.gitattributes$/.test(path)));
			const pointers = oidsOf(
				files.filter(({size}) => size >= shortestPointer && size < longestPointer),
			);
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

/** git-ls-tree(1), "-l": mode, type, name of the object, size, and the path behind a tab. */
const parseEntry = (line: string): Entry => {
	const tab = line.indexOf('\t');
	const [, , oid = '', size = ''] = line.slice(0, tab).split(/ +/);
	return {oid, size: Number(size), path: line.slice(tab + 1)};
};

const oidsOf = (entries: readonly Entry[]): readonly string[] => [
	...new Set(entries.map(({oid}) => oid)),
];
