import {randomUUID} from 'node:crypto';
import type {Git} from '../../ports/git.ts';
import {inMirror, type RunGit} from './run-git.ts';

/** The first line of every LFS pointer (git-lfs, "spec.md"). */
const pointerLine = /^version https:\/\/git-lfs\.github\.com\/spec\/v1$/m;

const attributeLine = /filter\s*=\s*lfs/;

const attributesName = /(^|\/)\.gitattributes$/;

/** Bytes: a pointer's three lines are hardly shorter, and the same page sets the upper limit. */
const minPointer = 100;
const maxPointer = 1024;

/** Bytes: no hand writes more attributes than this, and a file without end must not be read. */
const maxAttributes = 1024 * 1024;

/** Bytes of files that are read at once: a default branch may hold a million small ones. */
const batchSize = 2 * 1024 * 1024;

/** Reads only files that may be a pointer by their size, or hold attributes by their name. */
export const lfsMethods = (run: RunGit): Pick<Git, 'usesLfs'> => {
	const git = inMirror(run);
	return {
		usesLfs: async (mirror) => {
			const attributes = createBatches();
			const pointers = createBatches();
			const read = createEntryReader(({oid, size, path}) => {
				if (attributesName.test(path)) {
					if (size <= maxAttributes) {
						attributes.add(oid, size);
					}
				} else if (size >= minPointer && size < maxPointer) {
					pointers.add(oid, size);
				}
			});
			// git answers 128 when HEAD has no branch, and so no files.
			const args = ['ls-tree', '-r', '-l', '-z', 'HEAD'];
			await git(mirror, args, {answers: [128], onOutput: read});

			const [ofAttributes, ofPointers] = [attributes.take(), pointers.take()];
			for (let at = 0; at < Math.max(ofAttributes.length, ofPointers.length); at += 1) {
				const divider = randomUUID();
				const input = `${ofAttributes[at] ?? ''}${divider}\n${ofPointers[at] ?? ''}`;
				const texts = await git(mirror, ['cat-file', '--batch', '--buffer'], {input});
				const [before = '', behind = ''] = texts.split(divider);
				if (attributeLine.test(before) || pointerLine.test(behind)) {
					return true;
				}
			}

			return false;
		},
	};
};

type Entry = {readonly oid: string; readonly size: number; readonly path: string};

/** Reads git's listing as it comes, cut anywhere, and keeps no more of it than the current entry. */
const createEntryReader = (onEntry: (entry: Entry) => void): ((chunk: Buffer) => void) => {
	let rest = '';
	return (chunk) => {
		const entries = (rest + chunk.toString('latin1')).split('\0');
		rest = entries.pop() ?? '';
		for (const entry of entries) {
			onEntry(parseEntry(entry));
		}
	};
};

/** git-ls-tree(1), "-l": mode, type, object id, size, a tab, and the path. */
const parseEntry = (line: string): Entry => {
	const tab = line.indexOf('\t');
	const [, , oid = '', size = ''] = line.slice(0, tab).split(/ +/);
	return {oid, size: Number(size), path: line.slice(tab + 1)};
};

type Batches = {
	add(oid: string, size: number): void;
	/** The ids, a line each, in texts that stand for `batchSize` bytes of files at most. */
	take(): readonly string[];
};

const createBatches = (): Batches => {
	const full: string[] = [];
	let oids = new Set<string>();
	let length = 0;
	const close = (): void => {
		if (oids.size > 0) {
			full.push(`${[...oids].join('\n')}\n`);
			oids = new Set();
			length = 0;
		}
	};

	return {
		add: (oid, size) => {
			if (length + size > batchSize) {
				close();
			}

			oids.add(oid);
			length += size;
		},
		take: () => {
			close();
			return full;
		},
	};
};
