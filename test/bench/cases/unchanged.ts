import {join} from 'node:path';
import {compareMedians} from '../report/compare.ts';
import type {Finding, Measurement} from '../report/finding.ts';
import {interleave} from '../report/interleave.ts';
import type {Bench} from '../scene/bench.ts';
import {plainEnvironment, runChild} from '../scene/children.ts';
import {openCistern} from '../scene/cistern.ts';
import {cloneMirrors} from '../scene/clone-mirrors.ts';
import {fetchCommand, runGits} from '../scene/git-commands.ts';
import {expectLastRun, saveWorkspace, slugsOf} from '../scene/saved-workspace.ts';
import {makeSmallUpstream} from '../scene/upstream.ts';
import {workspace} from '../server/messages.ts';

/** As many requests at once as the program makes. */
const atOnce = 32;

/** A run over a workspace in which nothing changed. */
export const measureUnchanged = async (bench: Bench): Promise<readonly Finding[]> => {
	const slugs = slugsOf(bench.isQuick ? 100 : 1000);
	const upstream = join(bench.folder, 'small.git');
	await makeSmallUpstream(upstream);
	const cistern = openCistern(bench, 'backup');
	await saveWorkspace(bench, cistern, slugs, upstream);
	const mirrors = await cloneMirrors(bench, slugs);
	const fetches = slugs.map((slug) => fetchCommand(bench, join(mirrors, slug), slug));
	const floor = [join(import.meta.dirname, 'floor.js'), bench.server.origin, workspace];

	const ours = {what: '`cistern --yes`', act: () => cistern.run()};
	const bare = {
		what: 'the floor: as many bare requests from one Node process',
		act: async () => {
			const words = [...floor, String(slugs.length), String(atOnce)];
			await runChild(process.execPath, words, {env: plainEnvironment(bench.folder)});
		},
	};
	const againstFloor = await interleave([ours, bare], bench.isQuick ? 3 : 15);
	const againstGit = await interleave(
		[
			ours,
			{what: '`git fetch`, 8 at once', act: () => runGits(bench, fetches, 8)},
			{what: '`git fetch`, one by one', act: () => runGits(bench, fetches, 1)},
		],
		bench.isQuick ? 2 : 3,
	);
	expectLastRun(cistern, {inScope: slugs.length, unchanged: slugs.length});
	const title = `Nothing changed, ${slugs.length} repositories`;
	return [compareWithGit(title, againstGit), compareWithFloor(title, againstFloor)];
};

const compareWithGit = (title: string, measurements: readonly Measurement[]): Finding => {
	const [ours, eight, one] = measurements;
	if (ours === undefined || eight === undefined || one === undefined) {
		throw new Error('something was not measured');
	}
	return {
		title,
		measurements,
		goals: [
			compareMedians('faster than one by one', one, ours, {atLeast: 20}),
			compareMedians('faster than 8 at once', eight, ours, {atLeast: 7}),
		],
	};
};

/** Both take so little that what the machine does beside them shows: only many rounds tell. */
const compareWithFloor = (title: string, measurements: readonly Measurement[]): Finding => {
	const [ours, least] = measurements;
	if (ours === undefined || least === undefined) {
		throw new Error('something was not measured');
	}
	return {
		title: `${title}: the floor`,
		measurements,
		goals: [compareMedians('against the floor', ours, least, {atMost: 2})],
	};
};
