import {join} from 'node:path';
import {performance} from 'node:perf_hooks';
import {spawn} from '@lydell/node-pty';
import {type Finding, limitMedian, type Measurement} from '../report/measurement.ts';
import {type Bench, plainEnvironment} from '../scene/bench.ts';
import {openCistern, type Start} from '../scene/cistern.ts';
import {makeSmallUpstream} from '../scene/upstream.ts';
import {saveWorkspace, slugsOf} from '../scene/workspace.ts';

/** Milliseconds added to every answer, so that the run mostly waits, as a real one does. */
const delay = 80;

/** Starts a program in a terminal of 80 by 24, and drops its output. */
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

/** The cost of drawing: a run with the live view, and the same run without it. */
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
	const share: Measurement = {name: 'more of a core with the view', unit: '%', samples: shares};
	return [
		{
			title: `The live view, ${slugs.length} repositories, ${delay} ms added to every answer`,
			measurements: [
				{name: 'processor with the live view', unit: 'ms', samples: live},
				{name: 'processor with `--quiet`', unit: 'ms', samples: quiet},
			],
			goals: [limitMedian(share, {atMost: 5})],
		},
	];
};
