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
import {makeSmallUpstream} from '../scene/upstream.ts';
import {expectLastRun, saveWorkspace, slugsOf} from '../scene/workspace.ts';

type Sized = Readonly<Record<'time' | 'processor' | 'memory' | 'requests', Measurement>>;

const measureSize = async (bench: Bench, path: string, count: number): Promise<Sized> => {
	const cistern = openCistern(bench, 'backup');
	await saveWorkspace(bench, cistern, slugsOf(count), path);
	const usages: Usage[] = [];
	const requests: number[] = [];
	const {time} = await interleave(
		{
			time: {
				name: `${count}: time`,
				prepare: async () => {
					await bench.server.count();
				},
				act: async () => {
					usages.push(await cistern.runMeasured());
					expectLastRun(cistern, {inScope: count, unchanged: count});
					requests.push((await bench.server.count()).api);
				},
			},
		},
		3,
	);
	rmSync(cistern.backup, {recursive: true});
	const samplesOf = (key: keyof Usage) => usages.map((usage) => usage[key]);
	return {
		time,
		processor: {name: `${count}: processor`, unit: 'ms', samples: samplesOf('processor')},
		memory: {name: `${count}: memory at its peak`, unit: 'MiB', samples: samplesOf('memory')},
		requests: {name: `${count}: API requests`, unit: 'requests', samples: requests},
	};
};

/** A run in which nothing changed, of three sizes of workspace. */
export const measureGrowth = async (bench: Bench): Promise<readonly Finding[]> => {
	const path = join(bench.folder, 'small.git');
	await makeSmallUpstream(path);
	const measure = async (count: number) => ({
		count,
		...(await measureSize(bench, path, count)),
	});
	const small = await measure(bench.isQuick ? 100 : 1000);
	const middle = await measure(bench.isQuick ? 300 : 3000);
	const large = await measure(bench.isQuick ? 1000 : 10_000);
	const all = [small, middle, large];
	const times = `time of ${large.count} against ${small.count}`;
	return [
		{
			title: 'Growth: nothing changed',
			measurements: all.flatMap(({time, processor, memory, requests}) => [
				time,
				processor,
				memory,
				requests,
			]),
			goals: [
				{...compareMedians(times, large.time, small.time, {atMost: 11}), rounds: []},
				limitMost(large.memory, {atMost: 200}),
				...all.map(({count, requests}) =>
					limitMost(requests, {atMost: Math.ceil(count / 100) + 3}),
				),
			],
		},
	];
};
