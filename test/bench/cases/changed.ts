import {join} from 'node:path';
import {compareBest, compareMedians, type Finding, interleave} from '../report/measurement.ts';
import type {Bench} from '../scene/bench.ts';
import {openCistern} from '../scene/cistern.ts';
import {cloneMirrors, fetchCommand, runGits} from '../scene/git-commands.ts';
import {
	addBranches,
	growBranches,
	makeNextUpstream,
	makeSmallUpstream,
	moveBranches,
} from '../scene/upstream.ts';
import {expectLastRun, saveWorkspace, slugsOf} from '../scene/workspace.ts';
import {delay} from './unchanged.ts';

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

	const contenders = {
		ours: {
			name: '`cistern --yes`',
			act: async () => {
				await cistern.run();
				expectLastRun(cistern, {updated: changed, unchanged: slugs.length - changed});
			},
		},
		eight: {name: '`git fetch`, 8 at once', act: () => runGits(bench, fetches, 8)},
	};
	const findings: Finding[] = [];
	const rounds = bench.isQuick ? 2 : 5;
	for (const [turn, wait] of [0, delay].entries()) {
		await bench.server.delay(wait);
		const prepareTurn = (round: number): Promise<void> => prepare(turn * rounds + round);
		const {ours, eight} = await interleave(
			{
				ours: {...contenders.ours, prepare: prepareTurn},
				eight: {...contenders.eight, prepare: prepareTurn},
			},
			rounds,
		);
		const far = wait === 0 ? '' : `, ${wait} ms added to every answer and new connection`;
		findings.push({
			title: `${changed} of ${slugs.length} repositories changed${far}`,
			measurements: [ours, eight],
			goals: [
				compareBest('against 8 at once, in the best round', ours, eight, {
					...(wait === 0 && {atMost: 0.35}),
				}),
			],
		});
	}

	await bench.server.delay(0);
	return findings;
};

/** One repository in which thousands of branches are forwarded, rewritten, made and deleted at once. */
export const measureChangedRefs = async (bench: Bench): Promise<readonly Finding[]> => {
	const [count, changed] = bench.isQuick ? [300, 270] : [3000, 2700];
	const rounds = bench.isQuick ? 2 : 5;
	const slugs = slugsOf(1);
	const stateAt = (round: number): string => join(bench.folder, `state-${round}.git`);
	const prepare = (round: number): Promise<void> =>
		bench.server.offer(slugs.map((slug) => ({slug, path: stateAt(round + 1)})));

	await makeSmallUpstream(stateAt(0));
	await growBranches(stateAt(0), count);
	for (let round = 0; round < rounds; round += 1) {
		await moveBranches(stateAt(round), stateAt(round + 1), changed, round);
	}
	await prepare(-1);
	const cistern = openCistern(bench, 'backup');
	await cistern.run();
	const mirrors = await cloneMirrors(bench, slugs);
	const fetches = slugs.map((slug) => fetchCommand(bench, join(mirrors, slug), slug));
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
			title: `One repository with ${count} branches, of which ${changed} changed`,
			measurements: [ours, theirs],
			goals: [compareBest('against git, in the best round', ours, theirs, {atMost: 1.5})],
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
