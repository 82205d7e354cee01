import {join} from 'node:path';
import {compareMedians} from '../report/compare.ts';
import type {Finding} from '../report/finding.ts';
import {interleave} from '../report/interleave.ts';
import type {Bench} from '../scene/bench.ts';
import {openCistern} from '../scene/cistern.ts';
import {cloneMirrors} from '../scene/clone-mirrors.ts';
import {fetchCommand, runGits} from '../scene/git-commands.ts';
import {expectLastRun, saveWorkspace, slugsOf} from '../scene/saved-workspace.ts';
import {makeNextUpstream, makeSmallUpstream} from '../scene/upstream.ts';

/** A run over a workspace in which one repository of twenty has a new commit. */
export const measureChanged = async (bench: Bench): Promise<readonly Finding[]> => {
	const slugs = slugsOf(bench.isQuick ? 100 : 400);
	const changed = slugs.length / 20;
	const [base, next] = [join(bench.folder, 'base.git'), join(bench.folder, 'next.git')];
	await makeSmallUpstream(base);
	await makeNextUpstream(base, next);
	const cistern = openCistern(bench, 'backup');
	await saveWorkspace(bench, cistern, slugs, base);
	const mirrors = await cloneMirrors(bench, slugs);
	const fetches = slugs.map((slug) => fetchCommand(bench, join(mirrors, slug), slug));
	/** In each round it is others that have changed, so that nothing has to be put back. */
	const prepare = (round: number): Promise<void> => {
		const isNext = (index: number): boolean => index < (round + 1) * changed;
		return bench.server.offer(
			slugs.map((slug, index) => ({slug, path: isNext(index) ? next : base})),
		);
	};

	const [ours, eight] = await interleave(
		[
			{
				what: '`cistern --yes`',
				prepare,
				act: async () => {
					await cistern.run();
					expectLastRun(cistern, {updated: changed, unchanged: slugs.length - changed});
				},
			},
			{what: '`git fetch`, 8 at once', prepare, act: () => runGits(bench, fetches, 8)},
		],
		bench.isQuick ? 2 : 3,
	);
	if (ours === undefined || eight === undefined) {
		throw new Error('something was not measured');
	}
	return [
		{
			title: `${changed} of ${slugs.length} repositories changed`,
			measurements: [ours, eight],
			goals: [compareMedians('faster than 8 at once', eight, ours, {})],
		},
	];
};
