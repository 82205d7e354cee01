import type {ExitCode} from '../domain/exit-code.ts';
import {StopError} from '../domain/failure.ts';
import type {DemoInvocation} from '../invocation.ts';
import type {World} from '../ports.ts';

export const demo = async (
	_world: World,
	_invocation: DemoInvocation,
	_signal: AbortSignal,
): Promise<ExitCode> => {
	throw new StopError('not there yet');
};
