import {rmSync} from 'node:fs';
import {join} from 'node:path';
import {expect, it} from 'vitest';
import {startGit} from '../../../source/adapters/git/start-git.ts';
import {findBrokenTips} from '../../../source/adapters/git/walk.ts';
import {makeBareRepository} from '../../../source/sandbox/bare-repository.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';
import {commitFile, readOid, readRefs, tagAnnotated} from '../../helpers/upstream.ts';

const count = 40;

/** Commits in a row with a tag each. Loses what `lost` names. */
const walk = async (lost: readonly string[]) => {
	const path = join(makeTemporaryFolder(), 'repo');
	makeBareRepository(path, 'main');
	for (let number = 0; number < count; number += 1) {
		await commitFile(path, {file: `f${number}`});
		await tagAnnotated(path, `v${number}`);
	}

	const refs = await readRefs(path);
	const tips = Array.from({length: count}, (_, number) => refs.get(`refs/tags/v${number}`) ?? '');
	for (const name of lost) {
		const oid = await readOid(path, name);
		rmSync(join(path, 'objects', oid.slice(0, 2), oid.slice(2)));
	}

	let processes = 0;
	const broken = await findBrokenTips(
		async (mirror, args) => {
			processes += 1;
			return startGit(mirror, args, {PATH: process.env['PATH'] ?? ''});
		},
		path,
		tips,
		{whole: new Set(), damaged: new Set()},
		new AbortController().signal,
	);
	expect(processes).toBe(2);
	return {tips, broken};
};

it.each([
	['nothing', [], count],
	['a file', ['v20:f20'], 20],
	['a tree', ['v20^{tree}'], 20],
	['a commit', ['v20^{commit}'], 20],
	['a tag', ['v20'], undefined],
])('finds all tips that reach a missing object in one walk: %s', async (_, lost, first) => {
	const {tips, broken} = await walk(lost);
	expect(broken).toEqual(new Set(first === undefined ? [tips[20]] : tips.slice(first)));
});
