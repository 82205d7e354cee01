import {type ExitCode, exitCodes, worstExitCode} from '../failure/exit-code.ts';
import {describeFailure, exitCodeOf, isRefusal} from '../failure/failure-table.ts';
import {ifAny} from '../given.ts';
import type {Scope} from '../plan/name-filter.ts';
import {describeSource, type PartWords} from '../record/describe-parts.ts';
import {formatShard} from '../store/shard.ts';
import type {SourceReport} from './events.ts';
import type {RunLine} from './run-line.ts';
import type {SourceState} from './source-state.ts';

/** Facts about the end of a source that its state does not hold. */
type SourceEnd = {
	/** Milliseconds. */
	readonly duration: number;
	/** When an earlier run last saved everything, RFC 3339. */
	readonly lastComplete: string | undefined;
	/** Was only a part of the scope asked for? */
	readonly isNarrowed: boolean;
	readonly wasInterrupted: boolean;
	readonly parts: readonly PartWords[];
};

export const reportOf = (state: SourceState, end: SourceEnd): SourceReport => {
	const {source, workspace, folder, store, shard, facts} = state;
	const {problem, shrinkage, inScope, sizeBefore, free, gone, unmatched} = facts;
	const followUps = [...state.followUps.values()];
	return {
		source,
		workspace,
		folder,
		store,
		shard: shard && formatShard(shard),
		inScope,
		unchanged: state.unchanged,
		updated: state.updated,
		new: state.new,
		failed: state.failed.length,
		leftOut: state.leftOut.length,
		uncounted: facts.uncounted === 0 ? undefined : facts.uncounted,
		gaps: state.gaps,
		notes: [
			...followUps.flatMap(({notes}) => notes),
			...facts.without.map((name) => `This run left out ${name}.`),
		],
		json: Object.assign(
			{},
			describeSource(end.parts, state.gaps, state.fetched),
			...followUps.map(({json}) => json),
		),
		lost: state.lost,
		gone,
		shrinkage,
		unmatched: end.isNarrowed ? undefined : ifAny(unmatched),
		problem,
		received: state.received,
		duration: end.duration,
		lastComplete: end.lastComplete,
		size: sizeBefore === undefined ? undefined : sizeBefore + state.grown,
		free,
		rewritten: state.rewritten.count,
		moved: state.moved.count,
		deleted: state.deleted.count,
		kept: state.kept,
		partial: end.isNarrowed || undefined,
		without: ifAny(facts.without),
		exitCode: exitCodeOfSource(state, end),
	};
};

/** Is everything saved that the settings ask for? A run that left something out proves nothing of it. */
export const isComplete = ({exitCode, partial, without}: SourceReport): boolean =>
	exitCode === exitCodes.done && partial === undefined && without === undefined;

/** The exit code of this source alone. */
const exitCodeOfSource = (
	{failed, leftOut, lost, gaps, followUps, facts}: SourceState,
	{wasInterrupted, isNarrowed}: SourceEnd,
): ExitCode => {
	const isIncomplete =
		leftOut.length > 0 ||
		lost.length > 0 ||
		facts.shrinkage !== undefined ||
		(!isNarrowed && facts.unmatched.length > 0) ||
		gaps.length > 0 ||
		[...followUps.values()].some(({phase}) => phase !== 'finished');
	return worstExitCode([
		isIncomplete ? exitCodes.incomplete : exitCodes.done,
		gaps.some(({isRefused}) => isRefused) ? exitCodes.refused : exitCodes.done,
		...failed.map(({failure}) =>
			// One repository may refuse for its own reasons. Refused credentials are the source's problem.
			isRefusal(failure) ? exitCodes.incomplete : exitCodeOf(failure),
		),
		facts.problem === undefined ? exitCodes.done : exitCodeOf(facts.problem),
		...[...followUps.values()].map(({exitCode}) => exitCode),
		wasInterrupted ? exitCodes.interrupted : exitCodes.done,
	]);
};

/** The line of `runs.jsonl` about a source. `run.at`: milliseconds since 1970. */
export const runLineOf = (
	{failed, leftOut, facts}: SourceState,
	report: SourceReport,
	run: {readonly name: string; readonly at: number},
	scope: Scope,
): RunLine => {
	const partial = report.partial === true;
	return {
		v: 1,
		run: run.name,
		at: new Date(run.at).toISOString(),
		workspace: report.workspace,
		shard: report.shard,
		duration: Math.round(report.duration),
		exitCode: report.exitCode,
		complete: isComplete(report),
		partial,
		listed: facts.listed,
		inScope: report.inScope ?? 0,
		unchanged: report.unchanged,
		updated: report.updated,
		new: report.new,
		failed: failed.map(({repository, failure}) => ({
			repository,
			reason: describeFailure(failure).what,
			kind: failure.kind,
		})),
		leftOut,
		missing: facts.shrinkage?.missing ?? [],
		gone: report.gone,
		...report.json,
		size: report.size,
		received: report.received,
		free: report.free,
		rewritten: report.rewritten,
		moved: report.moved,
		deleted: report.deleted,
		kept: report.kept,
		without: ifAny(facts.without),
		offered: ifAny(facts.offered),
		lost: ifAny(report.lost),
		...(scope.includeRepos.length + scope.ignoreRepos.length === 0
			? {}
			: {scope: {includeRepos: scope.includeRepos, ignoreRepos: scope.ignoreRepos}}),
		unmatched: partial ? undefined : ifAny(facts.unmatched),
		unseen: partial ? undefined : ifAny(facts.unseen),
		unread: facts.unread || undefined,
		saved: ifAny(facts.noted.saved),
		removed: ifAny(facts.noted.removed),
		problem: report.problem && describeFailure(report.problem).what,
	};
};
