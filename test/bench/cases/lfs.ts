import {spawnSync} from 'node:child_process';
import {rmSync} from 'node:fs';
import {join} from 'node:path';
import {lfsStore} from '../../../source/adapters/lfs/store.ts';
import {compareMedians, type Finding, interleave} from '../report/measurement.ts';
import type {Bench} from '../scene/bench.ts';
import {openCistern} from '../scene/cistern.ts';
import {cloneCommand, fetchCommand, fetchLfsCommand, runGits} from '../scene/git-commands.ts';
import {makeLfsUpstream} from '../scene/upstream.ts';
import {expectLastRun, slugsOf} from '../scene/workspace.ts';
import {workspace} from '../server/listing.ts';

/** One repository with very many small LFS files: a first run, and one with nothing new. */
export const measureLfs = async (bench: Bench): Promise<readonly Finding[]> => {
	if (spawnSync('git', ['lfs', 'version']).status !== 0) {
		process.stderr.write('The case "lfs" is left out: git-lfs is not installed here.\n');
		return [];
	}

	const files = bench.isQuick ? 500 : 10_000;
	const [slug = ''] = slugsOf(1);
	const path = join(bench.folder, 'upstream.git');
	const mirror = join(bench.folder, 'mirror');
	await makeLfsUpstream(path, files);
	await bench.server.offer([{slug, path}]);
	const cistern = openCistern(bench, 'backup');
	const clear = (): void => {
		rmSync(mirror, {recursive: true, force: true});
		rmSync(cistern.backup, {recursive: true, force: true});
	};
	const fetchLfs = (): Promise<number> => runGits(bench, [fetchLfsCommand(mirror)], 1);

	const first = await interleave(
		{
			ours: {
				name: '`cistern --yes`, first run',
				prepare: clear,
				act: async () => {
					// Its folder was removed on purpose.
					await cistern.run(['--yes', '--start-over']);
					expectLastRun(cistern, {new: 1});
				},
			},
			theirs: {
				name: '`git clone --mirror` and `git lfs fetch --all`',
				prepare: clear,
				act: async () => {
					await runGits(bench, [cloneCommand(bench, mirror, slug)], 1);
					await fetchLfs();
				},
			},
		},
		bench.isQuick ? 2 : 3,
	);

	clear();
	await cistern.run(['--yes', '--start-over']);
	const store = join(cistern.backup, `${workspace}#${slug}`, 'repo');
	const {size} = (await lfsStore.listLfs(store)).objects;
	if (size !== files) {
		throw new Error(`the run fetched ${size} LFS files, not ${files}`);
	}
	await runGits(bench, [cloneCommand(bench, mirror, slug)], 1);
	await fetchLfs();
	const again = await interleave(
		{
			ours: {
				name: '`cistern --yes`, nothing new',
				act: async () => {
					await cistern.run();
					expectLastRun(cistern, {unchanged: 1});
				},
			},
			theirs: {
				name: '`git fetch` and `git lfs fetch --all`, nothing new',
				act: async () => {
					await runGits(bench, [fetchCommand(bench, mirror, slug)], 1);
					await fetchLfs();
				},
			},
		},
		bench.isQuick ? 2 : 3,
	);
	return [
		{
			title: `One repository with ${files} LFS files of 1 kB`,
			measurements: [first.ours, first.theirs, again.ours, again.theirs],
			goals: [
				compareMedians('faster than git-lfs', first.theirs, first.ours, {atLeast: 1.5}),
				compareMedians('faster with nothing new', again.theirs, again.ours, {atLeast: 10}),
			],
		},
	];
};
