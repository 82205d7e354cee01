import {join} from 'node:path';
import {type Contender, compareMedians, type Finding, interleave} from '../report/measurement.ts';
import {type Bench, plainEnvironment, runChild} from '../scene/bench.ts';
import {openCistern} from '../scene/cistern.ts';
import {cloneMirrors, fetchCommand, runGits} from '../scene/git-commands.ts';
import {makeSmallUpstream} from '../scene/upstream.ts';
import {expectLastRun, saveWorkspace, slugsOf} from '../scene/workspace.ts';
import {workspace} from '../server/listing.ts';

/** The program makes this many requests at once. */
const connections = 32;

/** Milliseconds added to every answer, as from the other side of an ocean. */
export const delay = 80;

/**
 * git takes as long for each repository as for any other, and minutes for all of them: its time over
 * one of this many parts is multiplied.
 */
const gitParts = 10;

/** Saves a workspace, and gives the programs that look at it while nothing changes. */
const prepareUnchanged = async (bench: Bench, slugs: readonly string[]) => {
	const upstream = join(bench.folder, 'small.git');
	await makeSmallUpstream(upstream);
	const cistern = openCistern(bench, 'backup');
	await saveWorkspace(bench, cistern, slugs, upstream);
	const part = slugs.slice(0, slugs.length / gitParts);
	const mirrors = await cloneMirrors(bench, part);
	const fetches = part.map((slug) => fetchCommand(bench, join(mirrors, slug), slug));
	const floor = join(import.meta.dirname, 'floor.js');
	const numbers = [slugs.length, connections].map(String);
	const bareRequests = [floor, bench.server.origin, workspace, ...numbers];

	const ours: Contender = {
		name: '`cistern --yes`',
		act: async () => {
			await cistern.run();
			expectLastRun(cistern, {inScope: slugs.length, unchanged: slugs.length});
		},
	};
	const bare: Contender = {
		name: `as many bare requests from one Node process, ${connections} at once`,
		act: async () => {
			await runChild(process.execPath, bareRequests, {env: plainEnvironment(bench.folder)});
		},
	};
	const fetch = (name: string, atOnce: number): Contender => ({
		name: `\`git fetch\`, ${name} (${gitParts} times that of ${part.length} repositories)`,
		parts: gitParts,
		act: () => runGits(bench, fetches, atOnce),
	});
	const eight = fetch('8 at once', 8);
	const one = fetch('one by one', 1);
	return {ours, bare, eight, one};
};

/** A run in which nothing changed, against git's commands and against bare requests. */
export const measureUnchanged = async (bench: Bench): Promise<readonly Finding[]> => {
	const slugs = slugsOf(bench.isQuick ? 100 : 1000);
	const {ours, bare, eight, one} = await prepareUnchanged(bench, slugs);
	const title = `Nothing changed, ${slugs.length} repositories`;
	// Both take little time, so other load of the machine shows: only many rounds give a sure figure.
	const floor = await interleave({ours, bare}, bench.isQuick ? 3 : 15);
	const git = await interleave({ours, eight, one}, bench.isQuick ? 2 : 3);
	return [
		{
			title,
			measurements: Object.values(git),
			goals: [
				compareMedians('faster than one by one', git.one, git.ours, {atLeast: 20}),
				compareMedians('faster than 8 at once', git.eight, git.ours, {atLeast: 7}),
			],
		},
		{
			title: `${title}: the floor`,
			measurements: Object.values(floor),
			goals: [compareMedians('against bare requests', floor.ours, floor.bare, {atMost: 2.3})],
		},
	];
};

/** The same with a delay before every answer, as over the internet. */
export const measureLatency = async (bench: Bench): Promise<readonly Finding[]> => {
	const slugs = slugsOf(bench.isQuick ? 100 : 1000);
	const {ours, bare, eight} = await prepareUnchanged(bench, slugs);
	await bench.server.delay(delay);
	const floor = await interleave({ours, bare}, bench.isQuick ? 2 : 7);
	const git = await interleave({ours, eight}, bench.isQuick ? 1 : 2);
	await bench.server.delay(0);
	return [
		{
			title: `Nothing changed, ${slugs.length} repositories, ${delay} ms added to every answer`,
			measurements: [...Object.values(floor), git.eight],
			goals: [
				compareMedians('against bare requests', floor.ours, floor.bare, {atMost: 1.25}),
				compareMedians('faster than 8 at once', git.eight, git.ours),
			],
		},
	];
};
