import {rmSync} from 'node:fs';
import {join} from 'node:path';
import {type Finding, interleave, limitMost, type Measurement} from '../report/measurement.ts';
import type {Bench} from '../scene/bench.ts';
import {openCistern} from '../scene/cistern.ts';
import {cloneCommand, runGits} from '../scene/git-commands.ts';
import {makeLargeUpstream} from '../scene/upstream.ts';
import {expectLastRun, slugsOf} from '../scene/workspace.ts';

const MiB = 1024 * 1024;

/** From this size on, the places of objects in a pack no longer fit into 32 bits. */
const fourGigabytes = 4096;

/** A first copy of one repository, once, with its memory; and git's own. `size`: MiB. */
const measureSize = async (bench: Bench, size: number) => {
	const [upstream, mirror] = [join(bench.folder, 'upstream.git'), join(bench.folder, 'mirror')];
	const [slug = ''] = slugsOf(1);
	await makeLargeUpstream(upstream, size * MiB);
	await bench.server.offer([{slug, path: upstream, size: size * MiB}]);
	const cistern = openCistern(bench, 'backup');
	const clear = (): void => {
		rmSync(mirror, {recursive: true, force: true});
		rmSync(cistern.backup, {recursive: true, force: true});
	};
	const memory: number[] = [];
	const times = await interleave(
		{
			ours: {
				name: `${size} MiB: \`cistern --yes\``,
				prepare: clear,
				act: async () => {
					// Its folder was removed on purpose.
					memory.push((await cistern.runMeasured(['--yes', '--start-over'])).memory);
					expectLastRun(cistern, {new: 1});
				},
			},
			theirs: {
				name: `${size} MiB: \`git clone --mirror\``,
				prepare: clear,
				act: () => runGits(bench, [cloneCommand(bench, mirror, slug)], 1),
			},
		},
		1,
	);
	clear();
	rmSync(upstream, {recursive: true});
	const peak: Measurement = {
		name: `${size} MiB: memory of Cistern at its peak`,
		unit: 'MiB',
		samples: memory,
	};
	return {...times, peak};
};

/** A first copy of a repository with a pack of more than four gigabytes, and of a small one. */
export const measureLargePack = async (bench: Bench): Promise<readonly Finding[]> => {
	const small = await measureSize(bench, 64);
	const large = await measureSize(bench, bench.isQuick ? 512 : fourGigabytes + 256);
	return [
		{
			title: 'First run: one repository with a large pack',
			measurements: [small, large].flatMap(({ours, theirs, peak}) => [ours, theirs, peak]),
			goals: [limitMost(large.peak, {atMost: 200})],
		},
	];
};
