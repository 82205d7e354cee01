import type {SourcePlan} from '../../domain/plan/plan.ts';
import type {RunLine} from '../../domain/run/run-line.ts';
import {waitingFollowUp} from '../../domain/run/source-state.ts';
import type {Session} from '../session.ts';

/** Until they have ended, the run counts as incomplete. */
export const awaitFollowUps = ({run, source, state}: Session): void => {
	for (const {name, isWanted} of run.followUps) {
		if (!isWanted(source)) {
			continue;
		}

		if (run.leavesOut.has(name)) {
			state.facts.without.push(name);
		} else {
			state.followUps.set(name, waitingFollowUp());
		}
	}
};

/**
 * Tells of follow-ups that settings of an earlier version do not speak of. The line of the run says
 * which, so that no later run repeats it. `earlier`: the lines of earlier runs.
 */
export const offerFollowUps = (
	{run, source, state, notice}: Session,
	earlier: readonly RunLine[],
): void => {
	const isNew = earlier.length === 0 || source.credential.kind === 'none';
	for (const {name, offer} of run.followUps) {
		const isTold = earlier.some(({offered = []}) => offered.includes(name));
		if (offer !== undefined && !isNew && !isTold && source.ofParts[name] === undefined) {
			notice(offer);
			state.facts.offered.push(name);
		}
	}
};

/** Does anything follow? Not after a failure that concerns the whole source: it would fail too. */
export const isFollowed = ({state, signal}: Session): boolean =>
	state.followUps.size > 0 && state.facts.problem === undefined && !signal.aborted;

/** Begins the follow-ups that the run awaits. Gives the work that follows the saving of the repositories. */
export const beginFollowUps = (session: Session): ((plan: SourcePlan) => Promise<void>) => {
	const {run, state, signal, publish} = session;
	const begun = run.followUps
		.filter(({name}) => state.followUps.has(name))
		.map(({name, begin}) => ({followUp: name, follow: begin(session)}));
	return async (plan) => {
		for (const {followUp, follow} of begun) {
			if (!signal.aborted) {
				publish({type: 'follow-up-started', followUp, repositories: plan.items.length});
				publish({type: 'follow-up-finished', followUp, ...(await follow(plan))});
			}
		}
	};
};
