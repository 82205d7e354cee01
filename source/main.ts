import {parseArguments} from './arguments.ts';
import {type ExitCode, exitCodes} from './domain/failure/exit-code.ts';
import {type Failure, FailureError, StopError} from './domain/failure/failure.ts';
import {describeFailure, exitCodeOf} from './domain/failure/failure-table.ts';
import type {BackupInvocation, Invocation} from './invocation.ts';
import type {SetupWorld} from './ports/world.ts';
import {listenForSignals, startedWithoutHangUp} from './signals.ts';
import {wrapWords} from './ui/text/width.ts';

/** Reads the command line and runs the command. Every error becomes words and an exit code here. */
export const main = async (program: NodeJS.Process): Promise<ExitCode> => {
	const ignoresHangUp = startedWithoutHangUp(program);
	const signal = listenForSignals(program, {ignoresHangUp});
	// Errors outside of every promise: git cannot be started when file handles run out.
	program.once('uncaughtException', (error) => program.exit(explain(error, program, signal)));
	try {
		const invocation = parseArguments(
			program.argv.slice(2),
			program.env,
			program.stdout.columns || undefined,
		);
		if (invocation.command === 'print') {
			program.stdout.write(invocation.text);
			return exitCodes.done;
		}

		const {openWorld} = await import('./world.ts');
		const world = await openWorld(program, {...invocation.options, ignoresHangUp});
		return await run(invocation, world, signal);
	} catch (error) {
		return explain(error, program, signal);
	}
};

/** Loads only the command that is run: some are large. */
const run = async (
	invocation: Exclude<Invocation, {command: 'print'}>,
	world: SetupWorld,
	signal: AbortSignal,
): Promise<ExitCode> => {
	switch (invocation.command) {
		case 'setup':
			return (await import('./commands/setup.ts')).setup(world, invocation, signal);
		case 'backup': {
			if (await isFirstTime(world, invocation)) {
				const {options} = invocation;
				return run({command: 'setup', options, example: false}, world, signal);
			}

			return (await import('./commands/backup.ts')).backup(world, invocation, signal);
		}

		case 'check':
			return (await import('./commands/check.ts')).check(world, invocation, signal);
		case 'status':
			return (await import('./commands/status.ts')).status(world, invocation);
		case 'history':
			return (await import('./commands/history.ts')).history(world, invocation);
		case 'verify':
			return (await import('./commands/verify.ts')).verify(world, invocation, signal);
		case 'restore':
			return (await import('./commands/restore.ts')).restore(world, invocation, signal);
		case 'ask-restore': {
			const {askWhatToRestore} = await import('./commands/ask-what-to-restore.ts');
			const asked = await askWhatToRestore(world, invocation, signal);
			return asked === undefined ? exitCodes.interrupted : run(asked, world, signal);
		}

		case 'accept-missing': {
			const {acceptMissing} = await import('./commands/accept-missing.ts');
			return acceptMissing(world, invocation, signal);
		}

		case 'demo':
			return (await import('./commands/demo.ts')).demo(world, invocation, signal);
	}
};

/** Is there a user to ask, and nothing set up? */
const isFirstTime = async (
	{terminal, settings, files}: SetupWorld,
	{options, dryRun}: BackupInvocation,
): Promise<boolean> =>
	terminal.canAsk &&
	!options.yes &&
	!dryRun &&
	options.config === undefined &&
	options.workspace === undefined &&
	!(await files.exists(settings.defaultPath));

/** Prints an error in words, and returns its exit code. */
export const explain = (error: unknown, program: NodeJS.Process, signal: AbortSignal): ExitCode => {
	const write = (...texts: readonly (string | undefined)[]): void => {
		const lines = texts.flatMap((text) => (text === undefined ? [] : fitLines(text, program)));
		program.stderr.write(lines.map((line) => `${line}\n`).join(''));
	};

	if (error instanceof StopError) {
		write(error.message, error.advice);
		return error.exitCode;
	}

	if (isFolderGone(error)) {
		write('The current folder is not there any more.', 'Change to another one, and run it again.');
		return exitCodes.failed;
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

/** Columns of a terminal that does not report its width. */
const usualColumns = 80;

/** In a terminal, breaks lines at words. Indented lines stay as they are. */
const fitLines = (text: string, {stderr}: NodeJS.Process): readonly string[] => {
	const columns = stderr.isTTY ? stderr.columns || usualColumns : Number.POSITIVE_INFINITY;
	return text
		.split('\n')
		.flatMap((line) => (line.startsWith(' ') ? [line] : wrapWords(line, columns - 1)));
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
