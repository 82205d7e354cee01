import {exitCodes} from '../domain/failure/exit-code.ts';
import type {Installed, SchedulerKind} from '../domain/schedule/schedule.ts';
import {formatMoment} from '../domain/text/format.ts';
import {toPrintable} from '../domain/text/printable-text.ts';
import type {ProgramEnd} from '../ports/scheduling.ts';
import {formatJsonLine} from './json/json.ts';
import {type DatedStyle, endLines, layOut, layOutMarked, type TextStyle} from './text/layout.ts';

/** One scheduler, with its entry for Cistern, and sentences about what may keep it from working. */
export type Scheduled = Installed & {
	readonly with: SchedulerKind;
	readonly warnings: readonly string[];
};

export const formatScheduled = (all: readonly Scheduled[], style: DatedStyle): string => {
	const blocks =
		all.length === 0
			? [
					layOut(
						2,
						'Nothing is scheduled. "cistern schedule --at 02:00" backs up every night at two.',
						style,
					),
				]
			: all.map((one) => describeOne(one, style));
	return blocks.map(endLines).join('\n');
};

const describeOne = (one: Scheduled, style: DatedStyle): readonly string[] => {
	const when = (at: string): string => formatMoment(at, style.now);
	const parts = [
		...(one.next === undefined ? [] : [`next: ${when(one.next)}`]),
		...(one.last === undefined ? [] : [`last: ${when(one.last)}`]),
		...(one.lastExitCode === undefined ? [] : [`exit code ${one.lastExitCode}`]),
	];
	return [
		...layOut(2, [one.with, ...parts].join('   '), style),
		...one.lines.map((line) => `    ${toPrintable(line)}`),
		...(one.with === 'cron' ? layOut(4, hourly, style) : []),
		...(one.lastExitCode === undefined || one.lastExitCode === exitCodes.done
			? []
			: layOutMarked('attention', `The last backup ${describeEnd(one.lastExitCode)}`, style)),
		...one.faults.flatMap((text) => layOutMarked('failed', toPrintable(text), style)),
		...one.warnings.flatMap((text) => layOutMarked('attention', toPrintable(text), style)),
	];
};

const hourly =
	'This starts every hour. It does nothing while the last complete backup is younger than --if-older says.';

/** The end of a sentence about a backup that did not end with 0. */
const describeEnd = (code: number): string => {
	switch (code) {
		case exitCodes.incomplete:
			return 'did not save everything: "cistern status" says what is missing.';
		case exitCodes.locked:
			return 'found another one at work, and left it to that.';
		case exitCodes.refused:
			return 'was refused by Bitbucket: "cistern check" says why.';
		case exitCodes.interrupted:
			return 'was interrupted.';
		default:
			return `could not work (exit code ${code}): run "cistern --yes" to see why.`;
	}
};

/** Sentences about a schedule that is not installed yet. */
export const formatWarnings = (warnings: readonly string[], style: TextStyle): string =>
	endLines(warnings.flatMap((text) => layOutMarked('attention', toPrintable(text), style)));

export const formatScheduledJson = (all: readonly Scheduled[]): string =>
	all
		.map(({isPersistent, faults, warnings, ...one}) =>
			formatJsonLine({
				type: 'schedule',
				...one,
				persistent: isPersistent,
				problems: [...faults, ...warnings],
			}),
		)
		.join('');

/** The files of a schedule, as they would be written. */
export const formatDraft = (
	files: readonly {readonly path: string; readonly text: string}[],
): string => files.map(({path, text}) => `# ${path}\n${text}`).join('\n');

/** The result of the rehearsal, and the next step if it failed. */
export const formatRehearsal = (
	end: ProgramEnd,
	environmentFile: string,
	style: Pick<TextStyle, 'columns'>,
): string => {
	const said = [end.output, end.complaint]
		.flatMap((text) => text.split('\n'))
		.filter((line) => line.trim() !== '')
		.map(toPrintable);
	const trouble =
		end.kind === 'done'
			? []
			: [
					'',
					...layOut(
						0,
						`A backup would not work at night: the check ended with ${toPrintable(end.ending)}. If the token is missing: a scheduler knows neither your variables nor an unlocked keyring. Keep the token in a file (passwordFile), or put the variables into ${environmentFile}.`,
						style,
					),
				];
	return [...said, ...trouble, '', ''].join('\n');
};
