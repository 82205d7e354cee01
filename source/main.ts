import {parseArguments} from './arguments/arguments.ts';
import type {BackupInvocation, Invocation, VerifyInvocation} from './arguments/invocation.ts';
import {type ExitCode, exitCodes} from './domain/failure/exit-code.ts';
import {explain} from './explain.ts';
import type {SetupWorld} from './ports/world.ts';
import {listenForSignals, startedWithoutHangUp} from './signals.ts';
import {wrapWords} from './ui/text/width.ts';

/** Reads the command line and runs the command. Every error becomes words and an exit code here. */
export const main = async (program: NodeJS.Process): Promise<ExitCode> => {
	const ignoresHangUp = startedWithoutHangUp(program);
	const signal = listenForSignals(program, {ignoresHangUp});
	const crash = watchForCrash(program);
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
		return await run(invocation, {
			world,
			signal,
			crash: crash.happened,
			print: (error) => printError(error, program, signal),
		});
	} catch (error) {
		const exitCode = printError(error, program, signal);
		return crash.hasHappened() ? program.exit(exitCode) : exitCode;
	}
};

type Crash = {
	/** Rejects with the first error outside of every promise, and never resolves. */
	readonly happened: Promise<never>;
	readonly hasHappened: () => boolean;
};

/** Such an error comes where git cannot be started because file handles ran out. */
const watchForCrash = (program: NodeJS.Process): Crash => {
	let hasHappened = false;
	const happened = new Promise<never>((_, reject) => {
		program.on('uncaughtException', (error) => {
			hasHappened = true;
			reject(error);
		});
	});
	happened.catch(() => undefined);
	return {happened, hasHappened: () => hasHappened};
};

/** The surroundings that every command runs in. */
type Running = {
	readonly world: SetupWorld;
	readonly signal: AbortSignal;
	readonly crash: Promise<never>;
	/** Prints an error in words. */
	readonly print: (error: unknown) => void;
};

/** Loads only the command that is run: some are large. */
const run = async (
	invocation: Exclude<Invocation, {command: 'print'}>,
	running: Running,
): Promise<ExitCode> =>
	// These tell of a crash before they end.
	invocation.command === 'backup' || invocation.command === 'verify'
		? start(invocation, running)
		: Promise.race([running.crash, start(invocation, running)]);

const start = async (
	invocation: Exclude<Invocation, {command: 'print'}>,
	running: Running,
): Promise<ExitCode> => {
	const {world, signal} = running;
	switch (invocation.command) {
		case 'setup':
			return (await import('./commands/setup/setup.ts')).setup(world, invocation, signal);
		case 'backup': {
			if (await isFirstTime(world, invocation)) {
				const {options} = invocation;
				return run({command: 'setup', options, example: false}, running);
			}

			const {backup} = await import('./commands/backup.ts');
			const {telling} = await import('./telling.ts');
			const once = (): Promise<ExitCode> =>
				telling(running, invocation, (observe) => backup(world, invocation, signal, observe));
			if (invocation.every === undefined) {
				return once();
			}

			const {repeat} = await import('./commands/repeat.ts');
			return repeat(running, once);
		}

		case 'check':
			return (await import('./commands/check.ts')).check(world, invocation, signal);
		case 'status': {
			const {store} = invocation;
			if (store !== undefined) {
				const {storeStatus} = await import('./commands/store-status.ts');
				return storeStatus(world, invocation, store, signal);
			}

			return (await import('./commands/status.ts')).status(world, invocation);
		}

		case 'history':
			return (await import('./commands/history.ts')).history(world, invocation);
		case 'verify': {
			const {store} = invocation;
			if (store !== undefined) {
				const {verifyInStore} = await import('./commands/verify-store.ts');
				return verifyInStore(world, {...invocation, store}, signal);
			}

			return startVerify(invocation, running);
		}

		case 'restore':
			return (await import('./commands/restore.ts')).restore(world, invocation, signal);
		case 'ask-restore': {
			const {askWhatToRestore} = await import('./commands/ask-what-to-restore.ts');
			const asked = await askWhatToRestore(world, invocation, signal);
			return asked === undefined ? exitCodes.interrupted : start(asked, running);
		}

		case 'show':
			return (await import('./commands/show.ts')).show(world, invocation, signal);
		case 'accept-missing': {
			const {of} = invocation;
			if (of !== undefined) {
				const {acceptGaps} = await import('./commands/accept-gaps.ts');
				return acceptGaps(world, {...invocation, of}, signal);
			}

			const {acceptMissing} = await import('./commands/accept-missing.ts');
			return acceptMissing(world, invocation, signal);
		}

		case 'list':
			return (await import('./commands/list.ts')).list(world, invocation, signal);
		case 'send':
			return (await import('./commands/send.ts')).send(world, invocation, signal);
		case 'fetch':
			return (await import('./commands/fetch.ts')).fetch(world, invocation, signal);
		case 'tell':
			return (await import('./commands/tell.ts')).tell(world, invocation, signal);
		case 'schedule':
			return (await import('./commands/schedule.ts')).schedule(world, invocation, signal);
		case 'key':
			return (await import('./commands/key.ts')).key(world, invocation);
		case 'demo':
			return (await import('./commands/demo.ts')).demo(world, invocation, signal);
	}
};

const startVerify = async (invocation: VerifyInvocation, running: Running): Promise<ExitCode> => {
	const {verify} = await import('./commands/verify.ts');
	const {tellingVerify} = await import('./telling.ts');
	return tellingVerify(running, invocation, (observe) =>
		verify(running.world, invocation, running.signal, observe === undefined ? {} : {observe}),
	);
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
export const printError = (
	error: unknown,
	program: NodeJS.Process,
	signal: AbortSignal,
): ExitCode => {
	const {exitCode, texts} = explain(error, signal);
	const lines = texts.flatMap((text) => fitLines(text, program));
	program.stderr.write(lines.map((line) => `${line}\n`).join(''));
	return exitCode;
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
