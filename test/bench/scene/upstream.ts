import {createHash, randomFillSync} from 'node:crypto';
import {cpSync, mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {makeBareRepository, runGit} from '../../../source/sandbox/bare-repository.ts';
import {importHistory, type Step} from '../../../source/sandbox/import-history.ts';

/** Bytes that no compression makes smaller. */
const randomBytes = (length: number): Buffer => randomFillSync(Buffer.allocUnsafe(length));

/** A small repository: a few branches and tags, packed as a server packs them. */
export const makeSmallUpstream = async (path: string): Promise<void> => {
	makeBareRepository(path, 'main');
	const commits = Array.from(
		{length: 20},
		(_, index): Step => ({
			kind: 'commit',
			branch: 'main',
			message: `Change ${index}`,
			files: {[`file-${index % 5}`]: `${index}\n`},
		}),
	);
	const branches = ['develop', 'feature/search', 'release/1'].map(
		(name): Step => ({kind: 'move', ref: `refs/heads/${name}`, target: 'refs/heads/main'}),
	);
	const tags = Array.from(
		{length: 9},
		(_, index): Step => ({
			kind: 'tag',
			name: `v1.${index}`,
			message: `Version 1.${index}`,
			target: 'refs/heads/main',
		}),
	);
	await importHistory(path, [...commits, ...branches, ...tags]);
	await runGit(path, ['pack-refs', '--all']);
};

/** The same repository with one more commit on its main branch. */
export const makeNextUpstream = async (path: string, next: string): Promise<void> => {
	cpSync(path, next, {recursive: true});
	await importHistory(next, [
		{
			kind: 'commit',
			branch: 'main',
			from: 'refs/heads/main^0',
			message: 'One more change',
			files: {'file-0': 'changed\n'},
		},
	]);
};

/** A repository of `size` bytes in `blobs` files, ten a commit; random, so a pack is as large. */
export const makeHeavyUpstream = async (
	path: string,
	size: number,
	blobs: number,
): Promise<void> => {
	makeBareRepository(path, 'main');
	await runGit(path, ['config', 'core.compression', '0']);
	const length = Math.round(size / blobs);
	const steps = Array.from({length: Math.ceil(blobs / 10)}, (_, commit): Step => {
		const count = Math.min(10, blobs - commit * 10);
		const files = Array.from({length: count}, (_, index) => [
			`data-${commit}/${index}`,
			randomBytes(length),
		]);
		return {
			kind: 'commit',
			branch: 'main',
			message: `Data ${commit}`,
			files: Object.fromEntries(files),
		};
	});
	await importHistory(path, steps);
};

/** Bytes of one commit of a large repository, and its files. */
const largeCommit = {size: 64 * 1024 * 1024, files: 16};

/** A repository of `size` bytes in files of 4 MB, of which never more than one commit is in memory. */
export const makeLargeUpstream = async (path: string, size: number): Promise<void> => {
	makeBareRepository(path, 'main');
	await runGit(path, ['config', 'core.compression', '0']);
	// git would look for deltas between the files, and find none.
	await runGit(path, ['config', 'core.bigFileThreshold', '1m']);
	const length = largeCommit.size / largeCommit.files;
	for (let left = size, commit = 0; left > 0; left -= largeCommit.size, commit += 1) {
		const count = Math.ceil(Math.min(left, largeCommit.size) / length);
		const files = Array.from({length: count}, (_, index) => [
			`data-${commit}/${index}`,
			randomBytes(length),
		]);
		await importHistory(path, [
			{
				kind: 'commit',
				branch: 'main',
				message: `Data ${commit}`,
				files: Object.fromEntries(files),
				...(commit === 0 ? {} : {from: 'refs/heads/main^0'}),
			},
		]);
	}
};

/** Where the benchmark's server finds the LFS files of a repository, by their ids. */
export const lfsFolderOf = (path: string): string => `${path}.lfs`;

/** A repository with so many LFS files of 1 kB, in twenty commits. */
export const makeLfsUpstream = async (path: string, files: number): Promise<void> => {
	makeBareRepository(path, 'main');
	mkdirSync(lfsFolderOf(path));
	const pointers = Array.from({length: files}, (_, index): [string, string] => {
		const content = randomBytes(1024);
		const oid = createHash('sha256').update(content).digest('hex');
		writeFileSync(join(lfsFolderOf(path), oid), content);
		const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize 1024\n`;
		return [`art/${index % 100}/${index}.bin`, pointer];
	});
	const each = Math.ceil(files / 20);
	const steps = Array.from(
		{length: 20},
		(_, commit): Step => ({
			kind: 'commit',
			branch: 'main',
			message: `Art ${commit}`,
			files: Object.fromEntries(pointers.slice(commit * each, (commit + 1) * each)),
		}),
	);
	await importHistory(path, steps);
};

/** Adds `count` branches to a repository. */
export const addBranches = async (path: string, count: number): Promise<void> => {
	const oid = (await runGit(path, ['rev-parse', 'refs/heads/main'])).trim();
	const lines = Array.from(
		{length: count},
		(_, index) => `create refs/heads/many/${index} ${oid}\n`,
	);
	await runGit(path, ['update-ref', '--stdin'], lines.join(''));
	await runGit(path, ['pack-refs', '--all']);
};

const growing = (index: number): string => `work/${index}`;

/** Adds `count` branches with a commit of their own each. */
export const growBranches = async (path: string, count: number): Promise<void> => {
	const steps = Array.from(
		{length: count},
		(_, index): Step => ({
			kind: 'commit',
			branch: growing(index),
			message: `Work ${index}`,
			files: {[`work-${index % 50}`]: `${index}\n`},
			from: 'refs/heads/main^0',
		}),
	);
	await importHistory(path, steps);
	await runGit(path, ['pack-refs', '--all']);
};

/**
 * The same repository with `changed` of its branches moved: of ten, seven are forwarded, two
 * rewritten, and one is deleted where a new one is made.
 */
export const moveBranches = async (
	path: string,
	next: string,
	changed: number,
	round: number,
): Promise<void> => {
	cpSync(path, next, {recursive: true});
	const gone = Array.from({length: changed}, (_, index) => index).filter(
		(index) => index % 10 === 9,
	);
	const deleted = gone.map((index) => `delete refs/heads/${nameAt(index, round)}\n`);
	await runGit(next, ['update-ref', '--stdin'], deleted.join(''));
	const steps = Array.from({length: changed}, (_, index): Step => {
		const isNew = index % 10 === 9;
		const isForwarded = index % 10 < 7;
		const branch = isNew ? nameAt(index, round + 1) : growing(index);
		return {
			kind: 'commit',
			branch,
			message: `Round ${round}, work ${index}`,
			files: {[`work-${index % 50}`]: `${index} in round ${round}\n`},
			from: `refs/heads/${isForwarded ? branch : 'main'}^0`,
		};
	});
	await importHistory(next, steps);
	await runGit(next, ['pack-refs', '--all']);
};

/** The name of a branch that each round makes anew. */
const nameAt = (index: number, round: number): string =>
	round === 0 ? growing(index) : `${growing(index)}-${round}`;
