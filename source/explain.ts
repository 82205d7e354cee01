import {type ExitCode, exitCodes} from './domain/failure/exit-code.ts';
import {type Failure, FailureError, StopError} from './domain/failure/failure.ts';
import {describeFailure, exitCodeOf} from './domain/failure/failure-table.ts';
import {capitalise} from './domain/text/format.ts';

/** An error in words, a text for each paragraph; none for an interruption. */
export type Explained = {readonly exitCode: ExitCode; readonly texts: readonly string[]};

export const explain = (error: unknown, signal: AbortSignal): Explained => {
	if (error instanceof StopError) {
		const {exitCode, message, advice} = error;
		return {exitCode, texts: advice === undefined ? [message] : [message, advice]};
	}

	if (isFolderGone(error)) {
		const texts = [
			'The current folder is not there any more.',
			'Change to another one, and run it again.',
		];
		return {exitCode: exitCodes.failed, texts};
	}

	const failure = failureIn(error);
	if (signal.aborted && failure?.kind !== 'computer-limit') {
		return {exitCode: exitCodes.interrupted, texts: []};
	}

	if (failure !== undefined) {
		const {what, advice} = describeFailure(failure);
		const texts = [`${capitalise(what)}.`, advice];
		return {exitCode: exitCodeOf(failure), texts};
	}

	const texts = [
		'This is a bug in Cistern; your backup is safe. Please report it with these lines:',
		(error instanceof Error ? error.stack : undefined) ?? String(error),
	];
	return {exitCode: exitCodes.failed, texts};
};

/** Was the folder that the program was started in removed? Then no relative path works. */
const isFolderGone = (error: unknown): boolean =>
	error instanceof Error && 'syscall' in error && error.syscall === 'uv_cwd';

/** An uncaught error, such as a file that cannot be opened, is still in Node's own form. */
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
