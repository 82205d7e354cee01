import {describeFailure} from './domain/failure/describe-failure.ts';
import {type ExitCode, exitCodes} from './domain/failure/exit-code.ts';
import {type Failure, FailureError, StopError} from './domain/failure/failure.ts';
import {exitCodeOf} from './domain/run/tally.ts';

/** Says an error in words, and gives its exit code. */
export const explain = (error: unknown, program: NodeJS.Process, signal: AbortSignal): ExitCode => {
	const write = (...lines: readonly (string | undefined)[]): void => {
		program.stderr.write(lines.flatMap((line) => (line === undefined ? [] : `${line}\n`)).join(''));
	};

	if (error instanceof StopError) {
		write(error.message, error.advice);
		return error.exitCode;
	}

	const failure = failureIn(error);
	if (signal.aborted && failure?.kind !== 'computer-limit') {
		return exitCodes.interrupted;
	}

	if (failure !== undefined) {
		const {what, advice} = describeFailure(failure);
		write(`${what.charAt(0).toUpperCase()}${what.slice(1)}.`, advice);
		return exitCodeOf(failure);
	}

	write(
		'This is a mistake in Cistern itself; your backup is safe. Please report it with these lines:',
		error instanceof Error ? error.stack : String(error),
	);
	return exitCodes.failed;
};

/** What nobody waited for, as a file that cannot be opened, comes here as Node made it. */
const failureIn = (error: unknown): Failure | undefined => {
	if (error instanceof FailureError) {
		return error.failure;
	}

	return error instanceof Error &&
		'code' in error &&
		(error.code === 'EMFILE' || error.code === 'ENFILE')
		? {kind: 'computer-limit', lacks: 'files'}
		: undefined;
};
