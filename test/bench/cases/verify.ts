import {rmSync} from 'node:fs';
import {join} from 'node:path';
import {
	compareMedians,
	type Finding,
	interleave,
	limitMost,
	type Measurement,
} from '../report/measurement.ts';
import type {Bench} from '../scene/bench.ts';
import {openCistern, type Usage} from '../scene/cistern.ts';
import {runGits} from '../scene/git-commands.ts';
import {makeSmallUpstream} from '../scene/upstream.ts';
import {saveWorkspace, slugsOf} from '../scene/workspace.ts';
import {workspace} from '../server/listing.ts';

type Sized = Readonly<Record<'ours' | 'theirs' | 'processor' | 'memory', Measurement>>;

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
	const {ours, theirs} = await interleave(
		{
			ours: {
				name: `${count}: \`cistern verify\``,
				act: async () => {
					usages.push(await cistern.runMeasured(['verify', '--quiet']));
				},
			},
			theirs: {
				name: `${count}: \`git fsck\`, one by one`,
				act: () => runGits(bench, checks, 1),
			},
		},
		2,
	);
	rmSync(cistern.backup, {recursive: true});
	const usageOf = (key: keyof Usage, name: string, unit: 'ms' | 'MiB'): Measurement => ({
		name: `${count}: ${name}, without git's`,
		unit,
		samples: usages.map((usage) => usage[key]),
	});
	return {
		ours,
		theirs,
		processor: usageOf('processor', 'processor', 'ms'),
		memory: usageOf('memory', 'memory at its peak', 'MiB'),
	};
};

/** A verification of three sizes of workspace, beside git's own check of the objects alone. */
export const measureVerify = async (bench: Bench): Promise<readonly Finding[]> => {
	const path = join(bench.folder, 'small.git');
	await makeSmallUpstream(path);
	const [few, some, many] = bench.isQuick ? ([10, 30, 100] as const) : ([100, 300, 1000] as const);
	const small = await measureSize(bench, path, few);
	const middle = await measureSize(bench, path, some);
	const large = await measureSize(bench, path, many);
	const times = `time of ${many} against ${few}`;
	return [
		{
			title: 'Verification',
			measurements: [small, middle, large].flatMap(({ours, processor, memory, theirs}) => [
				ours,
				processor,
				memory,
				theirs,
			]),
			goals: [
				{...compareMedians(times, large.ours, small.ours, {atMost: 11}), rounds: []},
				limitMost(large.memory, {atMost: 200}),
				compareMedians(`${many} against git, one by one`, large.ours, large.theirs),
			],
		},
	];
};
