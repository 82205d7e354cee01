import type {Failure} from '../../domain/failure/failure.ts';
import {isLimit, isRefusal} from '../../domain/failure/failure-table.ts';
import {isInScope, unmatchedIncludes} from '../../domain/plan/name-filter.ts';
import {countPlan, makePlan, type SourcePlan, sizeToClone} from '../../domain/plan/plan.ts';
import {fullName} from '../../domain/plan/repository.ts';
import {sizeOf} from '../../domain/record/record.ts';
import type {SourceFacts} from '../../domain/run/source-state.ts';
import type {SignInWatch} from '../retry/sign-in-watch.ts';
import {readSavedState} from '../saved/saved-state.ts';
import type {Run, SourceRun} from '../session.ts';
import type {ListingEnd} from './list.ts';
import {lookAtSource} from './look-at-source.ts';
import {tellOwnRefusals} from './tell-own-refusals.ts';

/**
 * Looks at everything in scope and says what is to be done, before anything is written. `end` is
 * called where going on with the source makes no sense.
 */
export const lookAndPlan = async (
	run: Run,
	work: SourceRun,
	facts: SourceFacts,
	end: (failure: Failure) => void,
	watch: SignInWatch,
): Promise<SourcePlan> => {
	const {source} = work;
	const isWanted = (slug: string): boolean => isInScope(slug, source) && run.filter.isAsked(slug);
	const state = await readSavedState(work.files, work.folder);
	facts.sizeBefore = state.repositories.reduce((sum, {record}) => sum + sizeOf(record), 0);
	const {looked, slugs, uuids, listing} = await lookAtSource(work, state, isWanted, watch);
	const {failure} = listing;
	facts.listed = failure === undefined;
	if (failure === undefined) {
		warnOfUnmatched(work, slugs);
	} else if (isRefusal(failure) || isLimit(failure)) {
		end(failure);
	} else {
		facts.problem ??= failure;
	}

	const plan = makePlan({
		looked: facts.problem === undefined ? tellOwnRefusals(looked) : looked,
		listed: uuids,
		saved: state.repositories,
		unrecorded: state.unrecorded,
		closed: state.closed,
		copies: state.copies,
		isComplete: failure === undefined || isAbsentWorkspace(listing),
		isInScope: isWanted,
	});
	const inScope = plan.items.length;
	facts.inScope = failure !== undefined && inScope === 0 ? undefined : inScope;
	facts.shrinkage = plan.shrinkage;
	facts.gone = plan.gone.map(({record}) => fullName(record));
	work.publish({
		type: 'plan-made',
		source: source.title,
		inScope,
		counts: countPlan(plan),
		size: sizeToClone(plan.items),
	});
	return plan;
};

/**
 * A workspace that is not found may be deleted, renamed or out of this token's sight: like an empty
 * listing it proves nothing, and the shrinkage it amounts to says so.
 */
export const isAbsentWorkspace = ({failure, found}: ListingEnd): boolean =>
	found === 0 && (failure?.kind === 'not-found' || failure?.kind === 'gone');

const warnOfUnmatched = ({source, publish}: SourceRun, slugs: readonly string[]): void => {
	for (const name of unmatchedIncludes(slugs, source)) {
		publish({
			type: 'noticed',
			source: source.title,
			text: `includeRepos names "${name}", but the workspace ${source.workspace} has no such repository.`,
		});
	}
};
