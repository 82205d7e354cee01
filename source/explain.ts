import {type ExitCode, exitCodes} from './domain/failure/exit-code.ts';
import {type Failure, FailureError, StopError} from './domain/failure/failure.ts';
import {describeFailure, exitCodeOf} from './domain/failure/failure-table.ts';
import {wrapWords} from './ui/text/width.ts';

/** For a terminal that does not report its width. */
const usualColumns = 80;

/** Writes an error in words to standard error. Returns its exit code. */
export const explain = (error: unknown, program: NodeJS.Process, signal: AbortSignal): ExitCode => {
	const write = (...texts: readonly (string | undefined)[]): void => {
		const lines = texts.flatMap((text) => (text === undefined ? [] : fitLines(text, program)));
		program.stderr.write(lines.map((line) => `${line}\n`).join(''));
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
		'This is a bug in Cistern; your backup is safe. Please report it with these lines:',
		error instanceof Error ? error.stack : String(error),
	);
	return exitCodes.failed;
};

/** Breaks lines that are longer than the terminal's at words; indented lines stay as they are. */
const fitLines = (text: string, {stderr}: NodeJS.Process): readonly string[] => {
	const columns = stderr.isTTY ? stderr.columns || usualColumns : Number.POSITIVE_INFINITY;
	return text
		.split('\n')
		.flatMap((line) => (line.startsWith(' ') ? [line] : wrapWords(line, columns - 1)));
};

/** An error from outside the adapters, such as a file that cannot be opened, arrives as Node made it. */
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
