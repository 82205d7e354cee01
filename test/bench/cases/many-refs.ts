import {join} from 'node:path';
import {compareMedians} from '../report/compare.ts';
import type {Finding} from '../report/finding.ts';
import {interleave} from '../report/interleave.ts';
import type {Bench} from '../scene/bench.ts';
import {openCistern} from '../scene/cistern.ts';
import {cloneMirrors} from '../scene/clone-mirrors.ts';
import {fetchCommand, runGits} from '../scene/git-commands.ts';
import {expectLastRun, slugsOf} from '../scene/saved-workspace.ts';
import {addBranches, makeNextUpstream, makeSmallUpstream} from '../scene/upstream.ts';

/** One repository with very many branches, of which one moves. */
export const measureManyRefs = async (bench: Bench): Promise<readonly Finding[]> => {
	const refs = bench.isQuick ? 1000 : 20_000;
	const rounds = bench.isQuick ? 2 : 5;
	const slugs = slugsOf(1);
	const stateAt = (round: number): string => join(bench.folder, `state-${round}.git`);
	const show = (round: number): Promise<void> =>
		bench.server.offer(slugs.map((slug) => ({slug, path: stateAt(round)})));

	await makeSmallUpstream(stateAt(0));
	await addBranches(stateAt(0), refs);
	for (let round = 0; round < rounds; round += 1) {
		await makeNextUpstream(stateAt(round), stateAt(round + 1));
	}
	await show(0);
	const cistern = openCistern(bench, 'backup');
	await cistern.run();
	const mirrors = await cloneMirrors(bench, slugs);
	const fetches = slugs.map((slug) => fetchCommand(bench, join(mirrors, slug), slug));
	const prepare = (round: number): Promise<void> => show(round + 1);

	const [ours, theirs] = await interleave(
		[
			{
				what: '`cistern --yes`',
				prepare,
				act: async () => {
					await cistern.run();
					expectLastRun(cistern, {updated: 1});
				},
			},
			{what: '`git fetch`', prepare, act: () => runGits(bench, fetches, 1)},
		],
		rounds,
	);
	if (ours === undefined || theirs === undefined) {
		throw new Error('something was not measured');
	}
	return [
		{
			title: `One repository with ${refs} branches, of which one moved`,
			measurements: [ours, theirs],
			goals: [compareMedians('against git', ours, theirs, {})],
		},
	];
};
