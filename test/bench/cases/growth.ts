import {rmSync} from 'node:fs';
import {join} from 'node:path';
import {performance} from 'node:perf_hooks';
import type {Finding, Goal, Measurement} from '../report/finding.ts';
import {median} from '../report/statistics.ts';
import type {Bench} from '../scene/bench.ts';
import {type Cistern, openCistern, type Usage} from '../scene/cistern.ts';
import {expectLastRun, saveWorkspace, slugsOf} from '../scene/saved-workspace.ts';
import {makeSmallUpstream} from '../scene/upstream.ts';

type Sample = Usage & {readonly time: number; readonly requests: number};

type Sized = {readonly count: number; readonly samples: readonly Sample[]};

const runOnce = async ({server}: Bench, cistern: Cistern, count: number): Promise<Sample> => {
	await server.count();
	const started = performance.now();
	const usage = await cistern.runMeasured();
	const time = performance.now() - started;
	expectLastRun(cistern, {inScope: count, unchanged: count});
	return {...usage, time, requests: (await server.count()).api};
};

const measureSize = async (bench: Bench, path: string, count: number): Promise<Sized> => {
	const cistern = openCistern(bench, 'backup');
	await saveWorkspace(bench, cistern, slugsOf(count), path);
	const samples: Sample[] = [];
	for (let round = 0; round < 3; round += 1) {
		samples.push(await runOnce(bench, cistern, count));
	}
	rmSync(cistern.backup, {recursive: true});
	return {count, samples};
};

const describe = ({count, samples}: Sized): readonly Measurement[] => [
	{what: `${count}: time`, unit: 'ms', samples: samples.map(({time}) => time)},
	{what: `${count}: processor`, unit: 'ms', samples: samples.map(({processor}) => processor)},
	{what: `${count}: memory at its peak`, unit: 'MiB', samples: samples.map(({memory}) => memory)},
	{
		what: `${count}: API requests`,
		unit: 'requests',
		samples: samples.map(({requests}) => requests),
	},
];

const limitRequests = ({count, samples}: Sized): Goal => ({
	what: `API requests for ${count}`,
	unit: 'requests',
	value: Math.max(...samples.map(({requests}) => requests)),
	rounds: [],
	atMost: Math.ceil(count / 100) + 3,
});

/** How a run in which nothing changed grows with the workspace. */
export const measureGrowth = async (bench: Bench): Promise<readonly Finding[]> => {
	const path = join(bench.folder, 'small.git');
	await makeSmallUpstream(path);
	const sized: Sized[] = [];
	for (const count of bench.isQuick ? [100, 300, 1000] : [1000, 3000, 10_000]) {
		sized.push(await measureSize(bench, path, count));
	}
	const [least, , most] = sized;
	if (least === undefined || most === undefined) {
		throw new Error('something was not measured');
	}
	const timeOf = ({samples}: Sized): number => median(samples.map(({time}) => time));
	const memory = most.samples.map((sample) => sample.memory);
	return [
		{
			title: 'Growth: nothing changed',
			measurements: sized.flatMap(describe),
			goals: [
				{
					what: `time of ${most.count} against ${least.count}`,
					unit: 'times',
					value: timeOf(most) / timeOf(least),
					rounds: [],
					atMost: 11,
				},
				{
					what: `memory at ${most.count}`,
					unit: 'MiB',
					value: Math.max(...memory),
					rounds: memory,
					atMost: 200,
				},
				...sized.map(limitRequests),
			],
		},
	];
};
