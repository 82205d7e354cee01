import type {ExitCode} from '../failure/exit-code.ts';
import type {AfterBackupFinished, BackupEvent, Progress} from './events.ts';
import {foldSource, type SourceState, startSource} from './source-state.ts';

/**
 * A run as every reporter tells it: the events so far, folded into counts. Its size follows what
 * failed, never how many repositories there are. It is changed in place.
 */
export type RunState = {
	/** Its name; empty before it began. */
	run: string;
	/** RFC 3339; empty before it began. */
	at: string;
	/** Includes the sources that have not begun. */
	expectedSources: number;
	/** In the order in which they began. */
	readonly sources: Map<string, SourceState>;
	/** The user's own command, once it has ended. */
	afterBackup: AfterBackupFinished | undefined;
	finished:
		| {readonly at: string; readonly duration: number; readonly exitCode: ExitCode}
		| undefined;
};

export const emptyRun = (): RunState => ({
	run: '',
	at: '',
	expectedSources: 0,
	sources: new Map(),
	afterBackup: undefined,
	finished: undefined,
});

/** Takes in an event that came at `now` (milliseconds since 1970). */
export const fold = (state: RunState, event: BackupEvent, now: number): void => {
	switch (event.type) {
		case 'run-started':
			state.run = event.run;
			state.at = event.at;
			state.expectedSources = event.sources.length;
			break;
		case 'source-started':
			state.sources.set(event.source, startSource(event));
			break;
		case 'after-backup-finished':
			state.afterBackup = event;
			break;
		case 'run-finished':
			state.finished = {at: event.at, duration: event.duration, exitCode: event.exitCode};
			break;
		default: {
			const source = state.sources.get(titleOf(event) ?? '');
			if (source !== undefined) {
				foldSource(source, event, now);
			}
		}
	}
};

const titleOf = (event: BackupEvent): string | undefined => {
	if (event.type === 'source-finished') {
		return event.report.source;
	}

	return 'source' in event ? event.source : undefined;
};

/** The figures of a running repository. */
export type Transfer = {
	/** Bytes, as Bitbucket counts them, of what is to be cloned. */
	readonly size: number;
	/** Bytes received so far. */
	readonly received: number;
	readonly progress?: Progress | undefined;
};

/** All sources of a run together. */
export type RunTotals = {
	/** Repositories in scope, as far as they are known. */
	readonly inScope: number;
	/** Repositories that are finished, however they ended. */
	readonly done: number;
	readonly unchanged: number;
	/** New and updated. */
	readonly saved: number;
	readonly failed: number;
	/** Bytes that came, including those of running repositories. */
	readonly received: number;
	readonly bytesPerSecond: number;
};

export const readTotals = (state: RunState, running: Iterable<Transfer>): RunTotals => {
	const sources = [...state.sources.values()];
	const transfers = [...running];
	const unchanged = sum(sources.map((source) => source.unchanged));
	const saved = sum(sources.map((source) => source.new + source.updated));
	const failed = sum(sources.map((source) => source.failed.length));
	return {
		inScope: sum(sources.map((source) => source.plan?.inScope ?? source.found)),
		done: unchanged + saved + failed + sum(sources.map((source) => source.leftOut.length)),
		unchanged,
		saved,
		failed,
		received:
			sum(sources.flatMap(({received: ofGit, fetched}) => [ofGit, ...Object.values(fetched)])) +
			sum(transfers.map(({received}) => received)),
		bytesPerSecond: sum(transfers.map(({progress}) => progress?.bytesPerSecond ?? 0)),
	};
};

/** A fetch of next to nothing takes about as long as this many bytes. */
const overhead = 1_000_000;

/** Share of the work, and milliseconds, before an estimate makes sense. */
const enoughShare = 0.02;
const enoughTime = 5000;

/**
 * Milliseconds until everything is saved, if the rest goes as fast as the work so far; undefined
 * while there is too little to estimate from.
 */
export const estimateTimeLeft = (
	state: RunState,
	running: Iterable<Transfer>,
	now: number,
): number | undefined => {
	const sources = [...state.sources.values()];
	if (sources.length < state.expectedSources || sources.some(isLooking)) {
		return undefined;
	}

	const saving = sources.filter(({phase}) => phase === 'saving');
	const work = sum(saving.map(weighAll));
	const left = sum(saving.map(weighRest)) + sum([...running].map(weighTransfer));
	const spent = now - Math.min(...saving.map(({savingSince}) => savingSince ?? now));
	const done = work - left;
	return left <= 0 || spent < enoughTime || done < work * enoughShare
		? undefined
		: (spent / done) * left;
};

const isLooking = ({phase}: SourceState): boolean => phase === 'looking';

const countWork = ({plan}: SourceState): number =>
	plan === undefined ? 0 : plan.counts.new + plan.counts.changed;

/** Repositories that failed in the look were never part of the work. */
const countDone = (source: SourceState): number => {
	const {failed = 0, refused = 0} = source.plan?.counts ?? {};
	return source.new + source.updated + Math.max(0, source.failed.length - failed - refused);
};

const weighAll = (source: SourceState): number =>
	(source.plan?.size ?? 0) + overhead * countWork(source);

/** The bytes that have not begun, and the overhead of all that is not finished. */
const weighRest = (source: SourceState): number =>
	Math.max(0, (source.plan?.size ?? 0) - source.startedSize) +
	overhead * Math.max(0, countWork(source) - countDone(source));

const weighTransfer = ({size, received}: Transfer): number => Math.max(0, size - received);

const sum = (counts: readonly number[]): number =>
	counts.reduce((total, count) => total + count, 0);
