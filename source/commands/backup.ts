import type {ExitCode} from '../domain/exit-code.ts';
import {StopError} from '../domain/failure.ts';
import type {BackupInvocation} from '../invocation.ts';
import type {World} from '../ports.ts';

export const backup = async (
	_world: World,
	_invocation: BackupInvocation,
	_signal: AbortSignal,
): Promise<ExitCode> => {
	throw new StopError('not there yet');
};
