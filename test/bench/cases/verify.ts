import {rmSync} from 'node:fs';
import {join} from 'node:path';
import {compareMedians} from '../report/compare.ts';
import type {Finding, Measurement} from '../report/finding.ts';
import {interleave} from '../report/interleave.ts';
import {median} from '../report/statistics.ts';
import type {Bench} from '../scene/bench.ts';
import {openCistern, type Usage} from '../scene/cistern.ts';
import {runGits} from '../scene/git-commands.ts';
import {saveWorkspace, slugsOf} from '../scene/saved-workspace.ts';
import {makeSmallUpstream} from '../scene/upstream.ts';
import {workspace} from '../server/messages.ts';

type Sized = {
	readonly count: number;
	readonly ours: Measurement;
	readonly theirs: Measurement;
	readonly processor: Measurement;
	readonly memory: Measurement;
};

const rounds = 2;

const measureSize = async (bench: Bench, path: string, count: number): Promise<Sized> => {
	const cistern = openCistern(bench, 'backup');
	const slugs = slugsOf(count);
	await saveWorkspace(bench, cistern, slugs, path);
	const checks = slugs.map((slug) => [
		'-C',
		join(cistern.backup, `${workspace}#${slug}`, 'repo'),
		...['fsck', '--full', '--no-dangling', '--no-progress'],
	]);
	const usages: Usage[] = [];
	const [ours, theirs] = await interleave(
		[
			{
				what: `${count}: \`cistern verify\``,
				act: async () => {
					usages.push(await cistern.runMeasured(['verify', '--quiet']));
				},
			},
			{what: `${count}: \`git fsck\`, one by one`, act: () => runGits(bench, checks, 1)},
		],
		rounds,
	);
	rmSync(cistern.backup, {recursive: true});
	if (ours === undefined || theirs === undefined) {
		throw new Error('something was not measured');
	}
	return {
		count,
		ours,
		theirs,
		processor: {
			what: `${count}: processor, without git's`,
			unit: 'ms',
			samples: usages.map(({processor}) => processor),
		},
		memory: {
			what: `${count}: memory at its peak, without git's`,
			unit: 'MiB',
			samples: usages.map(({memory}) => memory),
		},
	};
};

/** How a verification grows with the workspace, beside git's own check of the objects alone. */
export const measureVerify = async (bench: Bench): Promise<readonly Finding[]> => {
	const path = join(bench.folder, 'small.git');
	await makeSmallUpstream(path);
	const sized: Sized[] = [];
	for (const count of bench.isQuick ? [10, 30, 100] : [100, 300, 1000]) {
		sized.push(await measureSize(bench, path, count));
	}
	const [least, , most] = sized;
	if (least === undefined || most === undefined) {
		throw new Error('something was not measured');
	}
	return [
		{
			title: 'Verification',
			measurements: sized.flatMap((one) => [one.ours, one.processor, one.memory, one.theirs]),
			goals: [
				{
					what: `time of ${most.count} against ${least.count}`,
					unit: 'times',
					value: median(most.ours.samples) / median(least.ours.samples),
					rounds: [],
					atMost: 11,
				},
				{
					what: `memory at ${most.count}`,
					unit: 'MiB',
					value: Math.max(...most.memory.samples),
					rounds: most.memory.samples,
					atMost: 200,
				},
				compareMedians(`${most.count} against git, one by one`, most.ours, most.theirs, {}),
			],
		},
	];
};
