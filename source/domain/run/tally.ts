import {type ExitCode, exitCodes} from '../failure/exit-code.ts';
import type {Failure} from '../failure/failure.ts';

/** Refused credentials, or credentials that lack what the work needs. */
export const isRefusal = (failure: Failure): boolean =>
	failure.kind === 'credentials-refused' || failure.kind === 'permission-missing';

/** The exit code that a failure alone would give. */
export const exitCodeOf = (failure: Failure): ExitCode => {
	if (isRefusal(failure)) {
		return exitCodes.refused;
	}

	switch (failure.kind) {
		case 'folder-locked':
		case 'folder-locked-by-version':
			return exitCodes.locked;
		case 'defect':
		case 'disk-full':
		case 'computer-limit':
		case 'folder-unusable':
		case 'git-unusable':
			return exitCodes.failed;
		default:
			return exitCodes.incomplete;
	}
};
