import {FailureError} from '../../domain/failure/failure.ts';
import type {Restored} from '../../domain/restore/restored.ts';

/** What concerns one repository is its result; an interruption, or no git at all, ends everything. */
export const asResult = async (
	signal: AbortSignal,
	act: () => Promise<Restored>,
): Promise<Restored> => {
	try {
		return await act();
	} catch (error) {
		const concernsAll =
			signal.aborted || (error instanceof FailureError && error.failure.kind === 'git-unusable');
		if (error instanceof FailureError && !concernsAll) {
			return {result: 'failed', failure: error.failure};
		}

		throw error;
	}
};
