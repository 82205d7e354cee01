import type {SourcePlan} from '../../domain/plan/plan.ts';
import {waitingFollowUp} from '../../domain/run/source-state.ts';
import type {Session} from '../session.ts';

/** Until they have ended, the run counts as incomplete. */
export const awaitFollowUps = ({run, source, state}: Session): void => {
	for (const followUp of run.followUps) {
		if (followUp.isWanted(source)) {
			state.followUps.set(followUp.name, waitingFollowUp());
		}
	}
};

/** Does anything follow? Not after a failure that concerns the whole source: it would fail too. */
export const isFollowed = ({state, signal}: Session): boolean =>
	state.followUps.size > 0 && state.facts.problem === undefined && !signal.aborted;

/** Does the work that follows the saving of the repositories, as far as the settings ask for it. */
export const runFollowUps = async (session: Session, plan: SourcePlan): Promise<void> => {
	const {run, source, signal, publish} = session;
	for (const followUp of run.followUps) {
		if (followUp.isWanted(source) && !signal.aborted) {
			const about = {source: source.title, followUp: followUp.name};
			publish({type: 'follow-up-started', ...about, repositories: plan.items.length});
			publish({type: 'follow-up-finished', ...about, ...(await followUp.run(session, plan))});
		}
	}
};
