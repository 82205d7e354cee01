import {FailureError} from '../../domain/failure/failure.ts';
import {isLimit} from '../../domain/failure/failure-table.ts';
import type {Restored} from '../../domain/restore/restored.ts';

/** What concerns one repository is its result; an interruption, no git at all, or a computer that gives no more, ends everything. */
export const asResult = async (
	signal: AbortSignal,
	act: () => Promise<Restored>,
): Promise<Restored> => {
	try {
		return await act();
	} catch (error) {
		const concernsAll =
			signal.aborted ||
			(error instanceof FailureError &&
				(error.failure.kind === 'git-unusable' || isLimit(error.failure)));
		if (error instanceof FailureError && !concernsAll) {
			return {result: 'failed', failure: error.failure};
		}

		throw error;
	}
};
