import {join} from 'node:path';
import {compareMedians, type Finding, interleave} from '../report/measurement.ts';
import type {Bench} from '../scene/bench.ts';
import {openCistern} from '../scene/cistern.ts';
import {cloneMirrors, fetchCommand, runGits} from '../scene/git-commands.ts';
import {addBranches, makeNextUpstream, makeSmallUpstream} from '../scene/upstream.ts';
import {expectLastRun, saveWorkspace, slugsOf} from '../scene/workspace.ts';

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
	/** Each round changes other repositories, so that nothing has to be put back. */
	const prepare = (round: number): Promise<void> => {
		const isNext = (index: number): boolean => index < (round + 1) * changed;
		return bench.server.offer(
			slugs.map((slug, index) => ({slug, path: isNext(index) ? next : base})),
		);
	};

	const {ours, eight} = await interleave(
		{
			ours: {
				name: '`cistern --yes`',
				prepare,
				act: async () => {
					await cistern.run();
					expectLastRun(cistern, {updated: changed, unchanged: slugs.length - changed});
				},
			},
			eight: {name: '`git fetch`, 8 at once', prepare, act: () => runGits(bench, fetches, 8)},
		},
		bench.isQuick ? 2 : 3,
	);
	return [
		{
			title: `${changed} of ${slugs.length} repositories changed`,
			measurements: [ours, eight],
			goals: [compareMedians('faster than 8 at once', eight, ours)],
		},
	];
};

/** One repository with very many branches, of which one moves. */
export const measureManyRefs = async (bench: Bench): Promise<readonly Finding[]> => {
	const refs = bench.isQuick ? 1000 : 20_000;
	const rounds = bench.isQuick ? 2 : 5;
	const slugs = slugsOf(1);
	const stateAt = (round: number): string => join(bench.folder, `state-${round}.git`);
	const offer = (round: number): Promise<void> =>
		bench.server.offer(slugs.map((slug) => ({slug, path: stateAt(round)})));

	await makeSmallUpstream(stateAt(0));
	await addBranches(stateAt(0), refs);
	for (let round = 0; round < rounds; round += 1) {
		await makeNextUpstream(stateAt(round), stateAt(round + 1));
	}
	await offer(0);
	const cistern = openCistern(bench, 'backup');
	await cistern.run();
	const mirrors = await cloneMirrors(bench, slugs);
	const fetches = slugs.map((slug) => fetchCommand(bench, join(mirrors, slug), slug));
	const prepare = (round: number): Promise<void> => offer(round + 1);

	const {ours, theirs} = await interleave(
		{
			ours: {
				name: '`cistern --yes`',
				prepare,
				act: async () => {
					await cistern.run();
					expectLastRun(cistern, {updated: 1});
				},
			},
			theirs: {name: '`git fetch`', prepare, act: () => runGits(bench, fetches, 1)},
		},
		rounds,
	);
	return [
		{
			title: `One repository with ${refs} branches, of which one moved`,
			measurements: [ours, theirs],
			goals: [compareMedians('against git', ours, theirs)],
		},
	];
};
