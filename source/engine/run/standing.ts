import {type Failure, FailureError} from '../../domain/failure/failure.ts';
import type {Shrinkage, SourceReport} from '../../domain/run/events.ts';
import {lastComplete, type RunLine} from '../../domain/run/run-line.ts';
import {exitCodeOfSource, newTally, type Tally} from '../../domain/run/tally.ts';
import type {Run, SourceRun} from './source-run.ts';

/** What is known of a source's end while it is worked on. */
export type Standing = {
	readonly tally: Tally;
	/** What concerned the source as a whole. */
	problem: Failure | undefined;
	shrinkage: Shrinkage | undefined;
	inScope: number | undefined;
	/** Bytes of all mirrors on the disk before this run; undefined until they were looked at. */
	sizeBefore: number | undefined;
	/** Did every page of the listing arrive? */
	listed: boolean;
	/** Full names. */
	gone: readonly string[];
};

export const newStanding = (): Standing => ({
	tally: newTally(),
	problem: undefined,
	shrinkage: undefined,
	inScope: undefined,
	sizeBefore: undefined,
	listed: false,
	gone: [],
});

/** Takes in what ended the work on a source early. What nobody foresaw goes on up. */
export const recordEarlyEnd = (run: Run, standing: Standing, error: unknown): void => {
	if (error instanceof FailureError) {
		standing.problem ??= error.failure;
	} else if (!run.signal.aborted) {
		throw error;
	}
};

/** `duration` in milliseconds. */
export const makeReport = (
	run: Run,
	{source, folder}: SourceRun,
	standing: Standing,
	duration: number,
	earlier: readonly RunLine[],
): SourceReport => {
	const {tally, problem, shrinkage, inScope, sizeBefore, gone} = standing;
	const reportsLfs = source.lfs === 'report';
	return {
		source: source.title,
		workspace: source.workspace,
		folder,
		inScope,
		unchanged: tally.unchanged,
		updated: tally.updated,
		new: tally.new,
		failed: tally.failed.length,
		leftOut: tally.leftOut.length,
		lfs: reportsLfs ? tally.lfs : [],
		lost: tally.lost,
		gone,
		shrinkage,
		problem,
		received: tally.received,
		duration,
		lastComplete: lastComplete(earlier),
		...(sizeBefore === undefined ? {} : {size: sizeBefore + tally.grown}),
		...(run.filter.isNarrowed ? {partial: true} : {}),
		exitCode: exitCodeOfSource(tally, {
			problem,
			shrinkage,
			wasInterrupted: run.signal.aborted,
			reportsLfs,
		}),
	};
};
