import {describeFailure} from './domain/failure/describe-failure.ts';
import {type ExitCode, exitCodes} from './domain/failure/exit-code.ts';
import {FailureError, StopError} from './domain/failure/failure.ts';
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

	if (isOutOfHandles(error)) {
		write(
			'This computer lets the program open no more files.',
			'What was saved is whole. "ulimit -n" shows how many it may open (256 are enough): raise that, or close other programs. Then run cistern again.',
		);
		return exitCodes.failed;
	}

	if (signal.aborted) {
		return exitCodes.interrupted;
	}

	if (error instanceof FailureError) {
		const {what, advice} = describeFailure(error.failure);
		write(`${what.charAt(0).toUpperCase()}${what.slice(1)}.`, advice);
		return exitCodeOf(error.failure);
	}

	write(
		'This is a mistake in Cistern itself; your backup is safe. Please report it with these lines:',
		error instanceof Error ? error.stack : String(error),
	);
	return exitCodes.failed;
};

const isOutOfHandles = (error: unknown): boolean =>
	error instanceof Error && 'code' in error && (error.code === 'EMFILE' || error.code === 'ENFILE');
