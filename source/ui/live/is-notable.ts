import type {Outcome} from '../../domain/run/outcome.ts';

/** Is a result worth a line that stays, or only counted? */
export const isNotable = (outcome: Outcome): boolean => {
	switch (outcome.result) {
		case 'failed':
			return true;
		case 'saved':
			return outcome.how !== 'updated' || outcome.mended !== undefined || tookAway(outcome);
		default:
			return false;
	}
};

/** Did upstream take away something that the backup had? */
const tookAway = ({kept, changes}: Extract<Outcome, {result: 'saved'}>): boolean =>
	kept.length > 0 || changes.rewritten > 0 || changes.moved > 0;
