import type {Failure} from '../../domain/failure/failure.ts';
import type {BackupEvent, Shrinkage, SourceReport} from '../../domain/run/events.ts';
import type {Outcome} from '../../domain/run/outcome.ts';
import {
	formatCount,
	formatCounts,
	formatDate,
	formatNames,
	formatNumber,
	formatRoughly,
} from '../../domain/text/format.ts';
import {toPrintable} from '../../domain/text/printable-text.ts';
import {describeFailed, reasonOf} from '../describe-failed.ts';
import {listGaps} from '../describe-gaps.ts';
import type {EventLine} from '../reporter.ts';
import {describeGone, describeSaved} from './describe-outcome.ts';

const notable = (text: string): readonly EventLine[] => [{text, weight: 'notable'}];
const minor = (text: string): readonly EventLine[] => [{text, weight: 'minor'}];

/**
 * The plain lines about an event, printable and without a time. `now`: milliseconds since 1970.
 */
export const describeEvent = (event: BackupEvent, now: number): readonly EventLine[] => {
	switch (event.type) {
		case 'run-started':
			return minor(`cistern ${event.version}, run ${event.run}, into ${show(event.folder)}`);
		case 'noticed':
			return [{text: aboutSource(event.source, toPrintable(event.text)), weight: 'warning'}];
		case 'source-started':
			return minor(aboutSource(event.source, `saved in ${show(event.folder)}`));
		case 'listing-progressed':
			return event.done
				? notable(aboutSource(event.source, repositories(event.found)))
				: minor(aboutSource(event.source, describeListing(event)));
		case 'plan-made':
			return minor(aboutSource(event.source, describePlan(event)));
		case 'repository-started':
			return minor(about(event, event.action === 'clone' ? 'cloning' : 'updating'));
		case 'wait-started':
			return notable(describeWait(event, now));
		case 'wait-ended':
			return minor(`${waiterOf(event)}: going on`);
		case 'repository-put-aside':
			return notable(about(event, describePutAside(event.failure)));
		case 'repository-fell-back':
			return minor(about(event, `git asks Bitbucket by itself: ${show(event.reason)}`));
		case 'repository-held':
			return minor(about(event, `waiting for ${show(event.host)} with all others`));
		case 'repository-released':
			return minor(about(event, 'going on'));
		case 'repository-finished':
			return describeOutcome(event, event.outcome);
		case 'repository-gone':
			return notable(about(event, describeGone(event.keptIn)));
		case 'repository-renamed':
			return notable(about(event, `renamed, was ${show(event.formerName)}`));
		case 'follow-up-started':
			return minor(
				aboutSource(event.source, `${event.followUp} of ${repositories(event.repositories)}`),
			);
		case 'follow-up-waited':
			return notable(aboutSource(event.source, describePause(event, now)));
		case 'follow-up-saved':
			return notable(about(event, show(event.text)));
		case 'follow-up-finished':
			return event.notes.flatMap((text) => notable(aboutSource(event.source, show(text))));
		case 'source-finished':
			return describeReport(event.report).flatMap((text) =>
				notable(aboutSource(event.report.source, text)),
			);
		case 'after-backup-started':
			return minor(`after the backup: running ${show(event.program)}`);
		case 'after-backup-printed':
			return minor(`  ${show(event.text)}`);
		case 'after-backup-finished':
			return event.problem === undefined
				? notable(`after the backup: ${show(event.program)} ended well`)
				: notable(`after the backup: FAILED, ${show(event.program)} ${show(event.problem)}`);
		case 'run-finished':
			return minor(`exit code ${event.exitCode}`);
		case 'folder-held':
		case 'repository-looked-at':
		case 'repository-progressed':
		case 'follow-up-progressed':
			return [];
	}
};

type Event<Type extends BackupEvent['type']> = Extract<BackupEvent, {type: Type}>;

const show = toPrintable;

const about = ({repository}: {readonly repository: string}, text: string): string =>
	`${show(repository)}: ${text}`;

const aboutSource = (source: string | undefined, text: string): string =>
	source === undefined ? text : `${show(source)}: ${text}`;

const repositories = (count: number): string => formatCount(count, 'repository');

const describeListing = ({found, total}: Event<'listing-progressed'>): string =>
	total === undefined
		? `${repositories(found)} so far`
		: `${found} of ${repositories(total)} listed`;

const describePlan = ({inScope, counts}: Event<'plan-made'>): string => {
	const parts = Object.entries(counts).flatMap(([name, count]) =>
		count === 0 ? [] : [`${count} ${name}`],
	);
	return [`${repositories(inScope)} in scope`, ...parts].join(', ');
};

const waiterOf = ({
	source,
	host,
	repository,
}: {
	readonly source: string;
	readonly host: string;
	readonly repository?: string;
}): string => (repository === undefined ? `${show(source)}: ${show(host)}` : show(repository));

/** The row in a terminal says the same. */
export const describePutAside = (failure: Failure): string =>
	`put aside, ${reasonOf(failure)}; it is tried again when the others are saved`;

const describeWait = (event: Event<'wait-started'>, now: number): string => {
	const wait = formatRoughly(Math.max(0, Date.parse(event.until) - now));
	return `${waiterOf(event)}: waiting ${wait}, ${reasonOf(event.failure)}`;
};

/** The row in a terminal says the same. */
export const describePause = (
	{followUp, until, text}: Pick<Event<'follow-up-waited'>, 'followUp' | 'until' | 'text'>,
	now: number,
): string =>
	`${followUp} waits ${formatRoughly(Math.max(0, Date.parse(until) - now))}: ${show(text)}`;

const describeOutcome = (
	event: Event<'repository-finished'>,
	outcome: Outcome,
): readonly EventLine[] => {
	switch (outcome.result) {
		case 'unchanged':
			return minor(about(event, 'unchanged'));
		case 'left-out':
			return minor(about(event, 'left out'));
		case 'saved':
			return notable(about(event, describeSaved(outcome)));
		case 'failed': {
			const lastGood = outcome.lastGood === undefined ? undefined : formatDate(outcome.lastGood);
			return notable(about(event, `FAILED, ${describeFailed(outcome, lastGood)}`));
		}
	}
};

/** The end of a source in plain lines: the counts, then problems of the source as a whole. */
const describeReport = (report: SourceReport): readonly string[] => [
	...(report.inScope === undefined ? [] : [describeCounts(report, report.inScope)]),
	...(report.shrinkage === undefined ? [] : [describeShrinkage(report.shrinkage)]),
	...(report.unmatched === undefined ? [] : [describeUnmatched(report.unmatched)]),
	...(report.lost.length === 0 ? [] : [describeLosers(report.lost)]),
	...listGaps(report.gaps).map(({text}) => text),
	...(report.problem === undefined ? [] : [`FAILED, ${reasonOf(report.problem)}`]),
];

/** `131 of 132 saved, 84 unchanged, 45 updated, 2 new, 1 failed`. */
const describeCounts = (report: SourceReport, inScope: number): string => {
	return [
		`${formatNumber(savedOf(report))} of ${formatNumber(inScope)} saved`,
		...listCounts(report),
	].join(', ');
};

/** Repositories that are saved as they are now. */
export const savedOf = (report: SourceReport): number =>
	Math.max(0, report.unchanged + report.updated + report.new - (report.uncounted ?? 0));

/** `84 unchanged`, `45 updated`, ...; counts of zero are left out. */
export const listCounts = (
	counts: Pick<SourceReport, 'unchanged' | 'updated' | 'new' | 'failed' | 'leftOut'>,
): readonly string[] =>
	formatCounts([
		[counts.unchanged, 'unchanged'],
		[counts.updated, 'updated'],
		[counts.new, 'new'],
		[counts.failed, 'failed'],
		[counts.leftOut, 'left out'],
	]);

export const describeShrinkage = (shrinkage: Shrinkage): string => {
	const {expected, found, missing, missingCount, missingPrivate} = shrinkage;
	const names = formatNames(missing.map(toPrintable), missingCount);
	const isToken = missingPrivate === missingCount;
	return (
		`the listing shrank: ${formatNumber(found)} of the ${formatCount(expected, 'repository')} ` +
		`seen before are there, without ${names}` +
		(isToken ? '. All that are missing are private, so the token may see less than before' : '')
	);
};

export const describeUnmatched = (names: readonly string[]): string =>
	`includeRepos names ${formatNames(names.map(toPrintable), names.length)}, and Bitbucket has no such repository`;

export const describeLosers = (names: readonly string[]): string =>
	`old states of ${formatNames(names.map(toPrintable), names.length)} were lost; cistern status --verbose names them`;

/** The place that keeps the source, in words. */
export const placeOf = ({
	folder,
	store,
}: {
	readonly folder: string;
	readonly store?: string | undefined;
}): string => (store === undefined ? folder : `in the store ${store}`);
