import {type Failure, FailureError} from '../../domain/failure/failure.ts';

/**
 * What became of one repository, as a failure. What nobody foresaw is a mistake of ours, and no
 * reason to leave the other repositories unsaved.
 */
export const asFailure = (error: unknown): Failure => {
	if (error instanceof FailureError) {
		return error.failure;
	}

	return {
		kind: 'defect',
		detail: error instanceof Error ? (error.stack ?? error.message) : String(error),
	};
};
