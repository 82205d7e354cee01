import type {Failure} from '../../domain/failure/failure.ts';
import {isRefusal} from '../../domain/run/tally.ts';

/**
 * Tells refused credentials from one repository that refuses: git answers both alike. Three
 * refusals in a row, with no repository let in between, are the credentials'.
 */
export type SignInWatch = {
	sawSuccess(): void;
	/** Calls `onRefused` once, when the credentials are the cause. */
	sawFailure(failure: Failure): void;
};

const convincing = 3;

export const watchSignIn = (onRefused: (failure: Failure) => void): SignInWatch => {
	let inRow = 0;
	return {
		sawSuccess: () => {
			inRow = 0;
		},
		sawFailure: (failure) => {
			if (!isRefusal(failure)) {
				return;
			}

			inRow += 1;
			if (inRow === convincing) {
				onRefused(failure);
			}
		},
	};
};
