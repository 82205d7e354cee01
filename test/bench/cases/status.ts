import {join} from 'node:path';
import {performance} from 'node:perf_hooks';
import type {Finding} from '../report/finding.ts';
import {median} from '../report/statistics.ts';
import type {Bench} from '../scene/bench.ts';
import {openCistern, type Usage} from '../scene/cistern.ts';
import {saveWorkspace, slugsOf} from '../scene/saved-workspace.ts';
import {makeSmallUpstream} from '../scene/upstream.ts';

/** Milliseconds of a core: nobody waits for a look at what is there. */
const mostProcessor = 1200;

/** `cistern status` of a large workspace, which reads the backup folder alone. */
export const measureStatus = async (bench: Bench): Promise<readonly Finding[]> => {
	const slugs = slugsOf(bench.isQuick ? 1000 : 10_000);
	const path = join(bench.folder, 'small.git');
	await makeSmallUpstream(path);
	const cistern = openCistern(bench, 'backup');
	await saveWorkspace(bench, cistern, slugs, path);
	await cistern.run();

	const usages: Usage[] = [];
	const times: number[] = [];
	for (let round = 0; round < 5; round += 1) {
		const started = performance.now();
		usages.push(await cistern.runMeasured(['status']));
		times.push(performance.now() - started);
	}
	const processor = usages.map((usage) => usage.processor);
	return [
		{
			title: `\`cistern status\`, ${slugs.length} repositories`,
			measurements: [
				{what: 'time', unit: 'ms', samples: times},
				{what: 'processor', unit: 'ms', samples: processor},
				{what: 'memory at its peak', unit: 'MiB', samples: usages.map(({memory}) => memory)},
			],
			goals: [
				{
					what: 'processor',
					unit: 'ms',
					value: median(processor),
					rounds: processor,
					atMost: mostProcessor,
				},
			],
		},
	];
};
