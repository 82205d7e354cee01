import {join} from 'node:path';
import {compareMedians} from '../report/compare.ts';
import type {Finding} from '../report/finding.ts';
import {interleave} from '../report/interleave.ts';
import {median} from '../report/statistics.ts';
import type {Bench} from '../scene/bench.ts';
import {openCistern} from '../scene/cistern.ts';
import {cloneMirrors} from '../scene/clone-mirrors.ts';
import {fetchCommand, runGits} from '../scene/git-commands.ts';
import {expectLastRun, saveWorkspace, slugsOf} from '../scene/saved-workspace.ts';
import {makeSmallUpstream} from '../scene/upstream.ts';

/** Milliseconds added to every answer. */
const delay = 80;

/** Nothing changed, from the other side of an ocean. */
export const measureLatency = async (bench: Bench): Promise<readonly Finding[]> => {
	const slugs = slugsOf(bench.isQuick ? 100 : 300);
	const upstream = join(bench.folder, 'small.git');
	await makeSmallUpstream(upstream);
	const cistern = openCistern(bench, 'backup');
	await saveWorkspace(bench, cistern, slugs, upstream);
	const mirrors = await cloneMirrors(bench, slugs);
	const fetches = slugs.map((slug) => fetchCommand(bench, join(mirrors, slug), slug));

	await bench.server.delay(delay);
	const [ours, eight] = await interleave(
		[
			{what: '`cistern --yes`', act: () => cistern.run()},
			{what: '`git fetch`, 8 at once', act: () => runGits(bench, fetches, 8)},
		],
		bench.isQuick ? 2 : 3,
	);
	await bench.server.delay(0);
	expectLastRun(cistern, {unchanged: slugs.length});
	if (ours === undefined || eight === undefined) {
		throw new Error('something was not measured');
	}
	return [
		{
			title: `Nothing changed, ${slugs.length} repositories, ${delay} ms more for every answer`,
			measurements: [ours, eight],
			goals: [
				compareMedians('faster than 8 at once', eight, ours, {}),
				{
					what: 'time of a run',
					unit: 'ms',
					value: median(ours.samples),
					rounds: ours.samples,
					atMost: 5000,
				},
			],
		},
	];
};
