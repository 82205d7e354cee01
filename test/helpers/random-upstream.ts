import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {readLooseCommit} from './loose-objects.ts';
import {pick, type Random} from './random.ts';
import {writeRefFile} from './ref-files.ts';
import {branch, commitFile, deleteRef, forcePush, readRefs, tag, tagAnnotated} from './upstream.ts';

/** Some in each other's way, on file systems that do not tell case apart more of them. */
const branches = ['main', 'feature', 'feature/x', 'Feature', 'Feature/x', 'release/1'];
const tags = ['v1', 'v2'];

/** All that may happen upstream between two backups. */
export const upstreamChanges = [
	'commit',
	'rewrite',
	'delete',
	'annotated tag',
	'tag',
	'branch',
	'merge',
	'other HEAD',
	'rewind',
] as const;

type UpstreamChange = (typeof upstreamChanges)[number];

/** Does one of them. */
export const changeUpstream = async (path: string, random: Random): Promise<UpstreamChange> => {
	// A name that is not UTF-8 is read with a sign in place of its bytes, and cannot be written again.
	const refs = new Map([...(await readRefs(path))].filter(([ref]) => !ref.includes('\uFFFD')));
	const name = pick(random, branches);
	const here = [...refs.keys()].filter((ref) => ref.startsWith('refs/heads/'));
	const from = here.length === 0 ? undefined : pick(random, here);
	const change = random(11);
	if (from === undefined || change < 2) {
		await makeRoom(path, refs, name);
		await commitFile(path, {branch: name});
		return 'commit';
	}

	switch (change) {
		case 2:
			await makeRoom(path, refs, name);
			await forcePush(path, {branch: name});
			return 'rewrite';
		case 3:
			await deleteRef(path, pick(random, [...refs.keys()]));
			return 'delete';
		case 4:
			await tagAnnotated(path, pick(random, tags), from);
			return 'annotated tag';
		case 5:
			await tag(path, pick(random, tags), from);
			return 'tag';
		case 6: {
			// An old tip that another branch still reaches: what is not lost now may be lost next time.
			const tip = refs.get(from) ?? from;
			await makeRoom(path, refs, name);
			await branch(path, name, tip);
			return 'branch';
		}
		case 7:
		case 8:
			await merge(path, from, refs.get(from) ?? from, name);
			return 'merge';
		case 9:
			writeFileSync(join(path, 'HEAD'), `ref: ${from}\n`);
			return 'other HEAD';
		default:
			await rewind(path, from);
			return 'rewind';
	}
};

/** Names in each other's way cannot be there together. */
const makeRoom = async (
	path: string,
	refs: ReadonlyMap<string, string>,
	name: string,
): Promise<void> => {
	for (const ref of refs.keys()) {
		const other = ref.slice('refs/heads/'.length);
		if (other.startsWith(`${name}/`) || name.startsWith(`${other}/`)) {
			await deleteRef(path, ref);
		}
	}
};

/** One branch goes on where another ended, and that one is deleted. */
const merge = async (path: string, from: string, tip: string, name: string): Promise<void> => {
	await deleteRef(path, from);
	await makeRoom(path, await readRefs(path), name);
	await forcePush(path, {branch: name, onto: tip});
};

/** A branch without its last commit, where it has more than one. */
const rewind = async (path: string, ref: string): Promise<void> => {
	const tip = (await readRefs(path)).get(ref) ?? '';
	const commit = readLooseCommit(path, tip);
	if (commit === undefined) {
		throw new Error(`${tip} is in no file of its own`);
	}

	writeRefFile(path, ref, commit.parent ?? tip);
};
