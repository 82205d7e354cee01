import type {Outcome} from '../../domain/outcome.ts';

/** Is a result worth a line that stays, or only counted? */
export const isNotable = (outcome: Outcome): boolean => {
	switch (outcome.result) {
		case 'failed':
			return true;
		case 'saved':
			return outcome.how !== 'updated' || outcome.kept.length > 0;
		default:
			return false;
	}
};
