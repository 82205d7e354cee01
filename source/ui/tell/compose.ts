import {tokenPage} from '../../domain/answers/token-kind.ts';
import {type ExitCode, exitCodes} from '../../domain/failure/exit-code.ts';
import type {TakenAway} from '../../domain/history/timeline.ts';
import {isOpen, listPlaces} from '../../domain/record/gap.ts';
import type {SourceReport} from '../../domain/run/events.ts';
import {mostNamed} from '../../domain/run/source-state.ts';
import {type Decision, type Why, whyOf} from '../../domain/tell/decide.ts';
import type {Message} from '../../domain/tell/message.ts';
import type {Checked, ExpiringToken, Night} from '../../domain/tell/night.ts';
import type {TargetDraft} from '../../domain/tell/target.ts';
import {
	capitalise,
	formatAll,
	formatCount,
	formatDayAndTime,
	formatDuration,
	formatNumber,
	formatRef,
} from '../../domain/text/format.ts';
import {toPrintable} from '../../domain/text/printable-text.ts';
import {listCounts, placeOf} from '../backup/describe-event.ts';
import {formatSummary} from '../backup/summary.ts';
import {layOut, type TextStyle} from '../text/layout.ts';
import {marksFor, styleFor} from '../text/style.ts';
import {describeTaken} from '../timeline.ts';

export type Surroundings = {
	/** Name of this computer. */
	readonly host: string;
	readonly version: string;
	/** Milliseconds since 1970. */
	readonly now: number;
};

export type Composed = Pick<Message, 'why' | 'title' | 'text' | 'sources'>;

/** A message of plain text breaks its lines where mail programs would. */
const style: TextStyle = {
	columns: 77,
	marks: marksFor({hasUnicode: true}),
	paint: styleFor({hasColour: false}),
};

/** Characters of a subject that mail programs and phones show. */
const longestTitle = 150;

/** The words about a night for one target. */
export const compose = (
	night: Night,
	decision: Decision,
	{when, names}: Pick<TargetDraft, 'when' | 'names'>,
	around: Surroundings,
): Composed => {
	const why = whyOf(decision, when);
	const taken = when === 'problems' ? [] : night.taken;
	const title = `Cistern: ${describeTitle(why, {...night, taken}, decision, names)}`;
	const blocks = [
		...(names && night.stopped !== undefined ? [night.stopped.map(toPrintable)] : []),
		...(night.checked === undefined || night.checked.repositories === 0
			? []
			: [listChecked(night.checked, names)]),
		names ? summarise(night, around) : countAll(night),
		names && taken.length > 0 ? describeNews(taken, around) : [],
		decision.expiring.length === 0 ? [] : adviseOnExpiry(decision.expiring, names),
		describeSince(why, decision, around),
		[describeFoot(night, names, around)],
	];
	return {
		why,
		title: cut(title),
		text: `${blocks
			.filter((lines) => lines.length > 0)
			.map((lines) => lines.join('\n'))
			.join('\n\n')}\n`,
		sources: names ? [...night.state.sources.keys()].map(toPrintable) : [],
	};
};

const cut = (title: string): string =>
	title.length > longestTitle ? `${title.slice(0, longestTitle - 1)}…` : title;

const describeTitle = (
	why: Why,
	night: Pick<Night, 'checked' | 'state' | 'exitCode' | 'stopped' | 'taken'>,
	{expiring}: Decision,
	names: boolean,
): string => {
	if (night.checked !== undefined) {
		return describeChecked(why, night.checked, night.stopped !== undefined);
	}

	switch (why) {
		case 'failed':
		case 'worse':
			return describeTrouble(night, names, '');
		case 'still-failed':
			return describeTrouble(night, names, 'still ');
		case 'well-again':
			return `${describeAll(night, names)} saved again`;
		case 'attention':
			return expiring
				.map((one) => (names ? describeExpiry(one) : 'a token expires soon'))
				.join('; ');
		case 'news':
			return describeTakenTitle(night.taken, names);
		default:
			return `${describeAll(night, names)} saved`;
	}
};

/** The title about a verify. */
const describeChecked = (
	why: Why,
	{repositories, damaged}: Checked,
	isStopped: boolean,
): string => {
	if (why === 'well' || why === 'well-again') {
		return `the backup was verified and is ${why === 'well' ? 'whole' : 'whole again'}`;
	}

	if (isStopped) {
		return 'the backup could not be verified';
	}

	const still = why === 'still-failed' ? 'still ' : '';
	return damaged.length === 0
		? `the verify of the backup ${still}found something amiss`
		: `${formatNumber(damaged.length)} of ${formatCount(repositories, 'saved repository')} ${damaged.length === 1 ? 'is' : 'are'} ${still}damaged`;
};

/** The counts of a verify, and where the rest is told. */
const listChecked = ({repositories, damaged}: Checked, names: boolean): readonly string[] => [
	`${formatNumber(repositories - damaged.length)} of ${formatCount(repositories, 'repository')} whole, ${formatNumber(damaged.length)} damaged`,
	...(names ? damaged.slice(0, mostNamed).map((name) => `  ${toPrintable(name)}`) : []),
	...(damaged.length === 0
		? []
		: layOut(
				0,
				'"cistern verify" says what is wrong; the next backup repairs what upstream still has.',
				style,
			)),
];

type Told = Pick<Night, 'state' | 'exitCode' | 'stopped'>;

const reportsOf = ({state}: Pick<Told, 'state'>): readonly SourceReport[] =>
	[...state.sources.values()].flatMap(({report}) => report ?? []);

const sum = (reports: readonly SourceReport[], count: (report: SourceReport) => number): number =>
	reports.reduce((total, report) => total + count(report), 0);

/** ` of acme`, if there is one source. */
const ofSource = (reports: readonly SourceReport[], names: boolean): string => {
	const [first, second] = reports;
	return names && first !== undefined && second === undefined
		? ` of ${toPrintable(first.source)}`
		: '';
};

const describeTrouble = (night: Told, names: boolean, still: string): string => {
	const reports = reportsOf(night);
	const places = [...new Set(reports.flatMap(({gaps}) => listPlaces(gaps)))];
	if (places.length > 0 && reports.every(lacksOnlyCopies)) {
		const where = names ? toPrintable(places.join(' and ')) : 'in the second copy';
		return `everything is saved, but ${still}not all of it is ${where}`;
	}

	if (night.exitCode === exitCodes.refused) {
		return `Bitbucket ${still}refuses the credentials${ofSource(reports, names)}`;
	}

	if (night.stopped !== undefined || night.exitCode === exitCodes.failed) {
		return `the backup ${still}could not work`;
	}

	const failed = sum(reports, ({failed, leftOut}) => failed + leftOut);
	const unlisted = reports.filter(({inScope}) => inScope === undefined);
	if (unlisted.length > 0) {
		return `${ofSource(unlisted, names).replace(' of ', '') || 'the workspace'} could ${still}not be listed`;
	}

	const isAllSaved = reports.every(({exitCode}) => exitCode === exitCodes.done);
	if (isAllSaved && night.state.afterBackup?.problem !== undefined) {
		return `the command after the backup ${still}fails`;
	}

	if (failed === 0) {
		return `the backup${ofSource(reports, names)} is ${still}not complete`;
	}

	const all = sum(reports, ({inScope = 0}) => inScope);
	return `${formatNumber(failed)} of ${formatCount(all, 'repository')}${ofSource(reports, names)} ${failed === 1 ? 'is' : 'are'} ${still}not saved`;
};

/** Is everything saved here, and missing in another place? */
const lacksOnlyCopies = ({
	problem,
	shrinkage,
	inScope,
	failed,
	leftOut,
	lost,
	gaps,
}: SourceReport) =>
	problem === undefined &&
	shrinkage === undefined &&
	inScope !== undefined &&
	failed + leftOut + lost.length === 0 &&
	gaps.every((gap) => !isOpen(gap) || gap.place !== undefined);

/** `all 315 repositories of acme are` */
const describeAll = (night: Told, names: boolean): string => {
	const reports = reportsOf(night);
	const all = sum(reports, ({inScope = 0}) => inScope);
	const whose = ofSource(reports, names);
	return `${formatAll(all, 'repository')}${whose} ${all === 1 ? 'is' : 'are'}`;
};

const describeTakenTitle = (taken: readonly TakenAway[], names: boolean): string => {
	const [first, second] = taken;
	if (!names || first === undefined || second !== undefined) {
		return `Bitbucket took away ${formatCount(taken.length, 'old state')}; all of it is kept`;
	}

	const name = toPrintable(first.repository);
	return first.kind === 'gone'
		? `${name} is gone from Bitbucket; its backup stays`
		: `${formatRef(first.ref)} of ${name} was ${first.kind} on Bitbucket; its old state is kept`;
};

const describeExpiry = ({source, days}: ExpiringToken): string => {
	const when =
		days < 0
			? 'has expired'
			: days === 0
				? 'expires today'
				: `expires in ${formatCount(days, 'day')}`;
	return `the token of ${toPrintable(source)} ${when}`;
};

const adviseOnExpiry = (expiring: readonly ExpiringToken[], names: boolean): readonly string[] => [
	...(names ? expiring.map((one) => `${capitalise(describeExpiry(one))}.`) : []),
	...layOut(0, `Make a new one at ${tokenPage}, and enter it with "cistern setup".`, style),
];

/** The summary of the run, as its own screen ends. */
const summarise = ({state}: Night, {now}: Surroundings): readonly string[] =>
	formatSummary(state, {...style, now, onlyTrouble: false, mostNamed})
		.split('\n')
		.filter((line, index, lines) => line !== '' || (index > 0 && index < lines.length - 1))
		.map((line) => line.trimEnd());

const countAll = (night: Night): readonly string[] => {
	const reports = reportsOf(night);
	const counts = listCounts({
		unchanged: sum(reports, ({unchanged}) => unchanged),
		updated: sum(reports, ({updated}) => updated),
		new: sum(reports, (report) => report.new),
		failed: sum(reports, ({failed}) => failed),
		leftOut: sum(reports, ({leftOut}) => leftOut),
	});
	return counts.length === 0 ? [] : [counts.join(', ')];
};

const describeNews = (taken: readonly TakenAway[], {now}: Surroundings): readonly string[] => [
	'Taken away on Bitbucket, and kept here:',
	...describeTaken(taken, {...style, now, verbose: false, from: undefined}, mostNamed),
];

/** How long the trouble has lasted; nothing about one that is new. */
const describeSince = (why: Why, {since}: Decision, {now}: Surroundings): readonly string[] => {
	if (since === undefined) {
		return [];
	}

	const began = `The trouble began ${formatDayAndTime(since, now)}`;
	switch (why) {
		case 'worse':
		case 'still-failed':
			return [`${began}.`];
		case 'well-again':
			return [`${began}, and is over.`];
		default:
			return [];
	}
};

const describeFoot = (
	{at, duration, exitCode, state}: Night,
	names: boolean,
	{host, version, now}: Surroundings,
): string => {
	const began = formatDayAndTime(new Date(at).toISOString(), now);
	const [first] = state.sources.values();
	const where = first === undefined ? '' : `${toPrintable(placeOf(first))} `;
	const place = names ? `${where}on ${toPrintable(host)}, ` : '';
	return `${place}${began}, ${formatDuration(duration)}, exit code ${exitCode}, Cistern ${version}`;
};

/** The message of `cistern tell --test`. */
export const composeTest = ({
	host,
	version,
	now,
}: Surroundings): Omit<Composed, 'sources'> & {
	readonly exitCode: ExitCode;
} => ({
	why: 'test',
	title: 'Cistern: this is a test',
	text: `You will be told here how the backups on ${toPrintable(host)} ended. No backup was made.\n\n${formatDayAndTime(new Date(now).toISOString(), now)}, Cistern ${version}\n`,
	exitCode: exitCodes.done,
});
