import type {Failure} from '../../domain/failure/failure.ts';
import type {BackupEvent} from '../../domain/run/events.ts';
import type {Outcome} from '../../domain/run/outcome.ts';
import {
	estimateTimeLeft,
	type RunState,
	type RunTotals,
	readTotals,
	type Transfer,
} from '../../domain/run/run-state.ts';
import type {SourceState} from '../../domain/run/source-state.ts';
import {
	formatAge,
	formatCount,
	formatCounts,
	formatNumber,
	formatRepository,
	formatRoughly,
	formatSize,
} from '../../domain/text/format.ts';
import {toPrintable} from '../../domain/text/printable-text.ts';
import {describeFailed, reasonOf} from '../describe-failed.ts';
import {
	describeStage,
	drawAbove,
	type Frame,
	indent,
	type Live,
	lineWidth,
	moveOn,
	type StageRow,
	startStages,
} from '../live/row.ts';
import type {Line} from '../live/window.ts';
import type {Presentation} from '../reporter.ts';
import {measureWidth} from '../text/width.ts';
import {describePutAside, placeOf} from './describe-event.ts';
import {describeGone, describeSaved, describeSavedBriefly} from './describe-outcome.ts';
import {createFollowUpRow} from './follow-up-row.ts';

type Event<Type extends BackupEvent['type']> = Extract<BackupEvent, {type: Type}>;
type Named = {readonly source: string; readonly repository: string};
type WaitEvent = {readonly source: string; readonly host: string; readonly repository?: string};

/** A host's gate, or one repository, that waits before it asks again. */
type Wait = {
	readonly failure: Failure;
	/** Milliseconds since 1970. */
	readonly until: number;
};

/** A repository that is worked on. */
type Work = StageRow & {
	/** Bytes, as Bitbucket counts them, of what is to be cloned. */
	readonly size: number;
	/** Bytes received so far. */
	received: number;
	wait: Wait | undefined;
	/** The host that it waits for with all others. */
	heldBy: string | undefined;
};

/**
 * The rows of a backup: a look at each source, waits of whole hosts, and the repositories. With
 * `isDryRun` nothing but warnings stays on the screen.
 */
export const createBackupRows = (
	state: RunState,
	isDryRun: boolean,
): Pick<Presentation<BackupEvent>, 'show' | 'live'> => {
	const works = new Map<string, Work>();
	const waits = new Map<string, Wait>();
	const followUp = createFollowUpRow(state);
	let longestName = '';
	let printed = {text: 'running after the backup', lines: 0};

	const nameOf = ({source, repository}: Named): string =>
		state.expectedSources > 1
			? toPrintable(repository)
			: formatRepository(repository, {workspace: state.sources.get(source)?.workspace ?? ''});

	const startWork = (event: Event<'repository-started'>, start: Frame): Work => {
		const fallback = event.action === 'clone' ? 'starting to clone' : 'starting to update';
		const waitOf = ({wait, heldBy}: Work): Wait | undefined =>
			heldBy === undefined ? wait : waits.get(keyOf({host: heldBy}));
		const work: Work = Object.assign(startStages(fallback, start), {
			size: event.size ?? 0,
			received: 0,
			wait: waits.get(keyOf(event)),
			heldBy: undefined,
			isHeldUp: () => waitOf(work) !== undefined,
			describe: (frame: Frame) => {
				const {heldBy} = work;
				const words =
					heldBy === undefined ? fallback : `waiting for its turn at ${toPrintable(heldBy)}`;
				const wait = waitOf(work);
				return wait === undefined ? describeStage(work, words, frame) : describeWait(wait, frame);
			},
		});
		return work;
	};

	/** It pauses or goes on: its progress until now is over. */
	const change = (event: Named, fields: Pick<Work, 'wait' | 'heldBy'>, {now}: Frame): void => {
		const work = works.get(keyOf(event));
		if (work !== undefined) {
			Object.assign(work, {...fields, progress: undefined, since: now});
		}
	};

	const startWait = (event: Event<'wait-started'>, live: Live): void => {
		const wait = {failure: event.failure, until: Date.parse(event.until)};
		const key = keyOf(event);
		waits.set(key, wait);
		if (works.has(key) && isOfRepository(event)) {
			change(event, {wait, heldBy: undefined}, live.frame());
		} else if (!live.has(`wait ${key}`)) {
			const name = isOfRepository(event) ? nameOf(event) : toPrintable(event.host);
			live.beginOnTop(`wait ${key}`, name, {
				steps: () => 0,
				isHeldUp: () => true,
				describe: (frame) => describeWait(waits.get(key) ?? wait, frame),
			});
		}
	};

	const endWait = (key: string, live: Live): void => {
		waits.delete(key);
		live.end(`wait ${key}`);
	};

	const finish = (event: Event<'repository-finished'>, live: Live): void => {
		const {outcome} = event;
		const key = keyOf(event);
		endWait(key, live);
		const isFailed = outcome.result === 'failed';
		const text = describeOutcome(outcome, live.frame().now);
		if (works.delete(key)) {
			live.end(key, {text, isFailed, isNotable: isNotable(outcome)});
		} else if (isNotable(outcome)) {
			live.write(drawAbove(isFailed ? 'failed' : 'done', nameOf(event), text, live.frame()));
		}
	};

	return {
		live: {
			drawTotals: (frame) =>
				!isDryRun && [...state.sources.values()].some(({plan}) => plan !== undefined)
					? (followUp.drawTotals(frame) ?? drawTotals(state, [...works.values()], frame))
					: undefined,
		},
		show: (event, live) => {
			switch (event.type) {
				case 'source-started':
					if (!isDryRun) {
						const {marks, paint} = live.frame();
						const title = paint('bold', toPrintable(event.source));
						live.write([`  ${title} ${marks.arrow} ${toPrintable(placeOf(event))}`, '']);
					}

					startLook(state.sources.get(event.source), live);
					break;
				case 'noticed':
					live.write(drawAbove('attention', '', toPrintable(event.text), live.frame()));
					break;
				// The look names every repository. The column of names moves once, before the first row.
				case 'repository-looked-at': {
					const name = nameOf(event);
					longestName = measureWidth(longestName) < measureWidth(name) ? name : longestName;
					break;
				}
				case 'plan-made':
					live.end(lookOf(event.source));
					live.makeRoomFor(longestName);
					live.openList(isDryRun ? 0 : event.counts.new + event.counts.changed);
					break;
				case 'repository-started': {
					const work = startWork(event, live.frame());
					const key = keyOf(event);
					live.end(`wait ${key}`);
					works.set(key, work);
					live.begin(key, nameOf(event), work);
					break;
				}
				case 'repository-progressed': {
					const work = works.get(keyOf(event));
					if (work !== undefined) {
						moveOn(work, event.progress, live.frame());
						work.received = Math.max(work.received, event.progress.bytes ?? 0);
					}
					break;
				}
				case 'repository-put-aside': {
					const text = describePutAside(event.failure);
					works.delete(keyOf(event));
					live.end(keyOf(event));
					live.write(drawAbove('attention', nameOf(event), text, live.frame()));
					break;
				}
				case 'wait-started':
					startWait(event, live);
					break;
				case 'wait-ended':
					endWait(keyOf(event), live);
					if (isOfRepository(event)) {
						change(event, {wait: undefined, heldBy: undefined}, live.frame());
					}
					break;
				case 'repository-held':
					change(event, {wait: undefined, heldBy: event.host}, live.frame());
					break;
				case 'repository-released':
					change(event, {wait: undefined, heldBy: undefined}, live.frame());
					break;
				case 'repository-finished':
					finish(event, live);
					break;
				case 'repository-gone':
					live.write(
						drawAbove('attention', nameOf(event), describeGone(event.keptIn), live.frame()),
					);
					break;
				case 'repository-renamed': {
					const text = `renamed, was ${toPrintable(event.formerName)}`;
					live.write(drawAbove('attention', nameOf(event), text, live.frame()));
					break;
				}
				case 'follow-up-started':
					live.closeList();
					followUp.show(event, live);
					break;
				case 'follow-up-progressed':
				case 'follow-up-waited':
				case 'follow-up-finished':
					followUp.show(event, live);
					break;
				case 'follow-up-saved':
					live.write(drawAbove('done', nameOf(event), toPrintable(event.text), live.frame()));
					break;
				case 'source-finished':
					live.end(lookOf(event.report.source));
					live.closeList();
					break;
				case 'after-backup-started':
					live.beginOnTop(afterBackup, toPrintable(event.program), {
						steps: () => printed.lines,
						describe: () => printed.text,
					});
					break;
				case 'after-backup-printed':
					printed = {text: toPrintable(event.text), lines: printed.lines + 1};
					break;
				case 'after-backup-finished':
					live.end(afterBackup);
					break;
				default:
			}
		},
	};
};

/** Key of the row of the user's own command. */
const afterBackup = 'after the backup';

const keyOf = ({source, host, repository}: Partial<WaitEvent>): string =>
	JSON.stringify(repository === undefined ? [host] : [source, repository]);

const isOfRepository = <E extends WaitEvent>(
	event: E,
): event is E & {readonly repository: string} => event.repository !== undefined;

const lookOf = (source: string): string => `look ${source}`;

const startLook = (source: SourceState | undefined, live: Live): void => {
	if (source !== undefined) {
		live.beginOnTop(lookOf(source.source), toPrintable(source.source), {
			steps: () => source.found + source.lookedAt,
			describe: () => describeLook(source),
		});
	}
};

const describeLook = ({found, total, lookedAt}: SourceState): string => {
	// After a broken listing, saved repositories that it does not show are looked at too.
	const all = Math.max(total ?? found, lookedAt);
	return all === 0
		? 'asking which repositories there are'
		: `looked at ${formatNumber(lookedAt)} of ${formatCount(all, 'repository')}`;
};

/** From here on a countdown shows minutes. Seconds. */
const longCountdown = 100;

/** `pausing 38 s: Bitbucket asked to slow down`. */
const describeWait = ({failure, until}: Wait, {now}: Frame): string => {
	const seconds = Math.max(1, Math.ceil((until - now) / 1000));
	const left = seconds < longCountdown ? `${seconds} s` : formatRoughly(seconds * 1000);
	const what = failure.kind === 'rate-limited' ? 'pausing' : 'trying again in';
	return `${what} ${left}: ${reasonOf(failure)}`;
};

/** Does a result get a line that stays, or is it only counted? */
const isNotable = (outcome: Outcome): boolean =>
	outcome.result === 'failed' ||
	(outcome.result === 'saved' &&
		(outcome.how !== 'updated' || outcome.mended !== undefined || tookAway(outcome)));

/** Did upstream take away something that the backup had? */
const tookAway = ({kept, changes}: Extract<Outcome, {result: 'saved'}>): boolean =>
	kept.length > 0 || changes.rewritten > 0 || changes.moved > 0;

const describeOutcome = (outcome: Outcome, now: number): string => {
	switch (outcome.result) {
		case 'saved':
			return isNotable(outcome) ? describeSavedBriefly(outcome) : describeSaved(outcome);
		case 'failed':
			return describeFailed(
				outcome,
				outcome.lastGood === undefined ? undefined : formatAge(outcome.lastGood, now),
			);
		default:
			return '';
	}
};

/**
 * The last line: how far, how it went, how much, how fast, how long still. If there is no room for
 * all of it, the least useful part is dropped first.
 */
const drawTotals = (state: RunState, running: readonly Transfer[], frame: Frame): Line => {
	const totals = readTotals(state, running);
	const left = estimateTimeLeft(state, running, frame.now);
	const done = `${formatNumber(totals.done)} of ${formatNumber(totals.inScope)}`;
	const counts = describeCounts(totals).join(', ');
	const failed = totals.failed === 0 ? '' : `${formatNumber(totals.failed)} failed`;
	const size = totals.received === 0 ? '' : formatSize(totals.received);
	const rate = totals.bytesPerSecond === 0 ? '' : `${formatSize(totals.bytesPerSecond)}/s`;
	const time = left === undefined ? '' : `about ${formatRoughly(left)} left`;

	const room = lineWidth(frame) - measureWidth(indent.text);
	const choices = [
		[done, counts, size, rate, time],
		[done, counts, rate, time],
		[done, counts, time],
		[done, failed, rate, time],
		[done, failed, time],
		[done, failed],
		[done],
	].flatMap((parts) => {
		const told = parts.filter((part) => part !== '');
		return [told.join('   '), told.join('  ')];
	});
	return [indent, {text: choices.find((choice) => measureWidth(choice) <= room) ?? done}];
};

const describeCounts = ({unchanged, saved, failed}: RunTotals): readonly string[] =>
	formatCounts([
		[unchanged, 'unchanged'],
		[saved, 'saved'],
		[failed, 'failed'],
	]);
