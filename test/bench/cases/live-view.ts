import {join} from 'node:path';
import {performance} from 'node:perf_hooks';
import {spawn} from '@lydell/node-pty';
import type {Finding} from '../report/finding.ts';
import {median} from '../report/statistics.ts';
import type {Bench} from '../scene/bench.ts';
import {plainEnvironment} from '../scene/children.ts';
import {openCistern, type Start} from '../scene/cistern.ts';
import {saveWorkspace, slugsOf} from '../scene/saved-workspace.ts';
import {makeSmallUpstream} from '../scene/upstream.ts';

/** Milliseconds added to every answer: a run as long as a real one, that mostly waits. */
const delay = 80;

/** In a terminal of 80 by 24, which nobody reads. */
const startInTerminal =
	(folder: string): Start =>
	(command, words) =>
		new Promise((resolve, reject) => {
			const env = {...plainEnvironment(folder), TERM: 'xterm-256color', LANG: 'C.UTF-8'};
			const child = spawn(command, [...words], {cols: 80, rows: 24, cwd: folder, env});
			child.onData(() => undefined);
			child.onExit(({exitCode}) =>
				exitCode === 0 ? resolve(0) : reject(new Error(`the program ended with ${exitCode}`)),
			);
		});

/** What drawing costs: a run with a live view, and the same run without any. */
export const measureLiveView = async (bench: Bench): Promise<readonly Finding[]> => {
	const slugs = slugsOf(bench.isQuick ? 300 : 3000);
	const path = join(bench.folder, 'small.git');
	await makeSmallUpstream(path);
	const cistern = openCistern(bench, 'backup');
	await saveWorkspace(bench, cistern, slugs, path);
	const inTerminal = openCistern(bench, 'backup', startInTerminal(bench.folder));

	await bench.server.delay(delay);
	const live: number[] = [];
	const quiet: number[] = [];
	const shares: number[] = [];
	for (let round = 0; round < (bench.isQuick ? 2 : 5); round += 1) {
		const started = performance.now();
		const drawn = await inTerminal.runMeasured(['--yes']);
		const time = performance.now() - started;
		const {processor} = await inTerminal.runMeasured(['--yes', '--quiet']);
		live.push(drawn.processor);
		quiet.push(processor);
		shares.push(((drawn.processor - processor) / time) * 100);
	}
	await bench.server.delay(0);
	return [
		{
			title: `The live view, ${slugs.length} repositories, ${delay} ms more for every answer`,
			measurements: [
				{what: 'processor with the live view', unit: 'ms', samples: live},
				{what: 'processor with `--quiet`', unit: 'ms', samples: quiet},
			],
			goals: [
				{
					what: 'more of a core with the view',
					unit: '%',
					value: median(shares),
					rounds: shares,
					atMost: 5,
				},
			],
		},
	];
};
