import {join} from 'node:path';
import {expect, it} from 'vitest';
import {makeBareRepository} from '../../../source/sandbox/bare-repository.ts';
import {makeWorld} from '../../helpers/backup.ts';
import {createFakeClock} from '../../helpers/fake-clock.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';
import {commitFile, git, readOid} from '../../helpers/upstream.ts';

it('counts for each kept tip the commits that only kept ones reach, shared and merged ones once', async () => {
	const mirror = join(makeTemporaryFolder(), 'mirror');
	makeBareRepository(mirror, 'main');
	const base = await commitFile(mirror);
	const tree = await readOid(mirror, 'main^{tree}');
	let second = 1_800_000_000;
	const commit = async (...parents: readonly string[]): Promise<string> => {
		second += 1;
		const from = parents.flatMap((parent) => ['-p', parent]);
		const date = ['-c', 'user.name=Ann', '-c', 'user.email=ann@example.com'];
		const message = ['-m', `at ${second}`];
		return (await git(mirror, ...date, 'commit-tree', ...from, ...message, tree)).trim();
	};
	const trunk = await commit(base);
	const left = await commit(trunk);
	const right = await commit(trunk);
	const merged = await commit(left, right);
	const alone = await commit(base);
	for (const [name, oid] of Object.entries({left, merged, again: merged, alone, base})) {
		await git(mirror, 'update-ref', `refs/cistern/kept/run/heads/${name}`, oid);
	}

	const kept = await makeWorld(createFakeClock()).openGit('kept').readKept(mirror, 2);
	const counts = [...kept].map(([oid, {onlyHere, newest}]) => [oid, onlyHere, newest.length]);
	expect(new Map(counts.map(([oid, ...rest]) => [oid, rest]))).toEqual(
		new Map([
			[left, [2, 2]],
			[merged, [4, 2]],
			[alone, [1, 1]],
			[base, [0, 0]],
		]),
	);
	expect(kept.get(merged)?.newest[0]).toBe(merged);
	expect(kept.get(left)?.newest).toEqual([left, trunk]);
});
