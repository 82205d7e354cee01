import {join} from 'node:path';
import v8 from 'node:v8';
import vm from 'node:vm';
import {expect, it} from 'vitest';
import {readKept} from '../../../source/adapters/git/kept.ts';
import type {RunGit} from '../../../source/adapters/git/run-git.ts';
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

it('holds no commit longer than until its parents are read, however many there are', async () => {
	v8.setFlagsFromString('--expose-gc');
	const collectGarbage: () => void = vm.runInNewContext('gc');
	const count = 60_000;
	const oidOf = (number: number): string => number.toString(16).padStart(40, '0');
	const heap = (): number => {
		collectGarbage();
		return process.memoryUsage().heapUsed;
	};
	let grown = 0;
	const run: RunGit = async ({args, onLine}) => {
		if (args[0] === 'for-each-ref') {
			return `${oidOf(0)} \n`;
		}

		const before = heap();
		for (let number = 0; number < count; number += 1) {
			onLine?.(`${oidOf(number)} ${oidOf(number + 1)}`);
		}

		grown = heap() - before;
		return '';
	};
	const kept = await readKept(run, makeTemporaryFolder(), 20);

	expect(kept.get(oidOf(0))?.onlyHere).toBe(count);
	expect(grown).toBeLessThan(2_000_000);
});
