import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {compareMedians} from '../report/compare.ts';
import type {Finding} from '../report/finding.ts';
import {interleave} from '../report/interleave.ts';
import type {Bench} from '../scene/bench.ts';
import {plainEnvironment, runChild} from '../scene/children.ts';
import {program} from '../scene/cistern.ts';

/** How long it takes to begin, against a program that does nothing. */
export const measureStartUp = async (bench: Bench): Promise<readonly Finding[]> => {
	const empty = join(bench.folder, 'empty.js');
	writeFileSync(empty, '');
	const options = {env: plainEnvironment(bench.folder)};
	const start = async (...words: readonly string[]): Promise<void> => {
		await runChild(process.execPath, words, options);
	};
	// What Node keeps of compiled programs is there after the first start.
	await start(program, '--version');

	const [version, help, nothing] = await interleave(
		[
			{what: '`cistern --version`', act: () => start(program, '--version')},
			{what: '`cistern --help`', act: () => start(program, '--help')},
			{what: 'an empty Node program', act: () => start(empty)},
		],
		bench.isQuick ? 5 : 30,
	);
	if (version === undefined || help === undefined || nothing === undefined) {
		throw new Error('something was not measured');
	}
	return [
		{
			title: 'Start-up',
			measurements: [version, help, nothing],
			goals: [
				compareMedians('`--version` against an empty program', version, nothing, {atMost: 1.5}),
				compareMedians('`--help` against an empty program', help, nothing, {}),
			],
		},
	];
};
