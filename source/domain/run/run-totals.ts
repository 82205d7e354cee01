import {isRunning, type RunningRow} from './run-rows.ts';
import type {RunState} from './run-state.ts';
import type {SourceState} from './source-state.ts';

/** All sources of a run together. */
export type RunTotals = {
	/** Repositories in scope, as far as they are known by now. */
	readonly inScope: number;
	/** Repositories that are finished, however they ended. */
	readonly done: number;
	readonly unchanged: number;
	/** New and updated. */
	readonly saved: number;
	readonly failed: number;
	/** Bytes that git received, those of running repositories included. */
	readonly received: number;
	readonly bytesPerSecond: number;
};

export const readTotals = (state: RunState): RunTotals => {
	const sources = [...state.sources.values()];
	const running = state.rows.filter(isRunning);
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
			sum(sources.map((source) => source.received)) + sum(running.map(({received}) => received)),
		bytesPerSecond: sum(running.map(({progress}) => progress?.bytesPerSecond ?? 0)),
	};
};

/**
 * What a repository costs beside its bytes, in bytes: a fetch that brings next to nothing takes
 * about as long as another megabyte.
 */
const overhead = 1_000_000;

/** Before this much is done, nothing can be said of the rest. */
const enoughShare = 0.02;
const enoughTime = 5000;

/**
 * Milliseconds until everything is saved, if the rest goes as fast as what was saved so far;
 * undefined while nobody can know.
 */
export const estimateTimeLeft = (state: RunState, now: number): number | undefined => {
	const sources = [...state.sources.values()];
	if (sources.length < state.expectedSources || sources.some(isLooking)) {
		return undefined;
	}

	const saving = sources.filter(({phase}) => phase === 'saving');
	const work = sum(saving.map(weighAll));
	const left = sum(saving.map(weighRest)) + sum(state.rows.filter(isRunning).map(weighRow));
	const spent = now - Math.min(...saving.map(({savingSince}) => savingSince ?? now));
	const done = work - left;
	return left <= 0 || spent < enoughTime || done < work * enoughShare
		? undefined
		: (spent / done) * left;
};

const isLooking = ({phase}: SourceState): boolean => phase === 'looking';

const countWork = ({plan}: SourceState): number =>
	plan === undefined ? 0 : plan.counts.new + plan.counts.changed;

/** What failed before anything was saved was never part of the work. */
const countDone = (source: SourceState): number => {
	const {failed = 0, refused = 0} = source.plan?.counts ?? {};
	return source.new + source.updated + Math.max(0, source.failed.length - failed - refused);
};

const weighAll = (source: SourceState): number =>
	(source.plan?.size ?? 0) + overhead * countWork(source);

/** What has not begun, with the overhead of all that is not finished. */
const weighRest = (source: SourceState): number =>
	Math.max(0, (source.plan?.size ?? 0) - source.startedSize) +
	overhead * Math.max(0, countWork(source) - countDone(source));

const weighRow = ({size, received}: RunningRow): number => Math.max(0, size - received);

const sum = (counts: readonly number[]): number =>
	counts.reduce((total, count) => total + count, 0);
