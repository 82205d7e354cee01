import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {readClonedRefs, readDamagedTips} from '../../../source/adapters/git/refs.ts';
import {makeBareRepository, runGit} from '../../../source/sandbox/bare-repository.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';
import {commitFile, git, readRefs, tagAnnotated} from '../../helpers/upstream.ts';

/** Spaces and line ends to JavaScript, and nothing special to git. */
const odd = ['no\u00a0break', 'wide\u3000space', 'line\u2028end', '\ufeffmark'];

describe("a mirror's refs, read without a process", () => {
	it('are those that git lists where they are packed, and left to git where they are not', async () => {
		const path = join(makeTemporaryFolder(), 'repo');
		makeBareRepository(path, 'main');
		const tip = await commitFile(path);
		await tagAnnotated(path, 'v1');
		expect(await readClonedRefs(path)).toBeUndefined();

		const lines = odd.map((name) => `create refs/heads/${name} ${tip}\n`).join('');
		await runGit(path, ['update-ref', '--stdin'], lines);
		await git(path, 'pack-refs', '--all');
		const listed = await readRefs(path);
		expect([...listed.keys()]).toEqual(
			expect.arrayContaining(['refs/tags/v1', ...odd.map((name) => `refs/heads/${name}`)]),
		);
		expect(await readClonedRefs(path)).toEqual(listed);
		expect(await readDamagedTips(path)).toEqual(listed);
	});
});
