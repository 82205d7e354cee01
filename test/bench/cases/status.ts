import {join} from 'node:path';
import {type Finding, interleave, limitMedian} from '../report/measurement.ts';
import type {Bench} from '../scene/bench.ts';
import {openCistern, type Usage} from '../scene/cistern.ts';
import {makeSmallUpstream} from '../scene/upstream.ts';
import {saveWorkspace, slugsOf} from '../scene/workspace.ts';

/** `cistern status` of a large workspace, which reads the backup folder alone. */
export const measureStatus = async (bench: Bench): Promise<readonly Finding[]> => {
	const slugs = slugsOf(bench.isQuick ? 1000 : 10_000);
	const path = join(bench.folder, 'small.git');
	await makeSmallUpstream(path);
	const cistern = openCistern(bench, 'backup');
	await saveWorkspace(bench, cistern, slugs, path);
	await cistern.run();

	const usages: Usage[] = [];
	const act = async (): Promise<void> => {
		usages.push(await cistern.runMeasured(['status']));
	};
	const {time} = await interleave({time: {name: 'time', act}}, 5);
	const samplesOf = (key: keyof Usage) => usages.map((usage) => usage[key]);
	const processor = {name: 'processor', unit: 'ms', samples: samplesOf('processor')} as const;
	const memory = {name: 'memory at its peak', unit: 'MiB', samples: samplesOf('memory')} as const;
	return [
		{
			title: `\`cistern status\`, ${slugs.length} repositories`,
			measurements: [time, processor, memory],
			goals: [limitMedian(processor, {atMost: 1200})],
		},
	];
};
