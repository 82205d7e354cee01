import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {compareMedians, type Finding, interleave} from '../report/measurement.ts';
import {type Bench, plainEnvironment, runChild} from '../scene/bench.ts';
import {program} from '../scene/cistern.ts';

/** The start of the program, against an empty Node program. */
export const measureStartUp = async (bench: Bench): Promise<readonly Finding[]> => {
	const empty = join(bench.folder, 'empty.js');
	writeFileSync(empty, '');
	const options = {env: plainEnvironment(bench.folder)};
	const start = async (...words: readonly string[]): Promise<void> => {
		await runChild(process.execPath, words, options);
	};
	// The first start fills Node's compile cache.
	await start(program, '--help');

	const {version, help, nothing} = await interleave(
		{
			version: {name: '`cistern --version`', act: () => start(program, '--version')},
			help: {name: '`cistern --help`', act: () => start(program, '--help')},
			nothing: {name: 'an empty Node program', act: () => start(empty)},
		},
		bench.isQuick ? 5 : 30,
	);
	return [
		{
			title: 'Start-up',
			measurements: [version, help, nothing],
			goals: [
				compareMedians('`--version` against an empty program', version, nothing, {atMost: 1.5}),
				compareMedians('`--help` against an empty program', help, nothing),
			],
		},
	];
};
