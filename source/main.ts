import {parseArguments} from './arguments.ts';
import {isFirstTime} from './commands/first-time.ts';
import {type ExitCode, exitCodes} from './domain/failure/exit-code.ts';
import {explain} from './explain.ts';
import type {AskingRestore, BackupInvocation, Invocation} from './invocation.ts';
import type {SetupWorld} from './ports/world.ts';
import {version} from './version.ts';

/** So that the first lines load one file for all that follows. */
export {listenForSignals} from './signals.ts';

/** Reads the command line and does what it says. Every error ends here, as words and a number. */
export const main = async (program: NodeJS.Process, signal: AbortSignal): Promise<ExitCode> => {
	// What fails outside of all that is waited for: git that cannot be started for want of handles.
	program.once('uncaughtException', (error) => program.exit(explain(error, program, signal)));
	try {
		const invocation = parseArguments(
			program.argv.slice(2),
			program.env,
			program.stdout.columns || undefined,
		);
		return await dispatch(invocation, program, signal);
	} catch (error) {
		return explain(error, program, signal);
	}
};

const dispatch = async (
	invocation: Invocation,
	program: NodeJS.Process,
	signal: AbortSignal,
): Promise<ExitCode> => {
	switch (invocation.command) {
		case 'help':
			program.stdout.write(invocation.text);
			return exitCodes.done;
		case 'version':
			program.stdout.write(`${version}\n`);
			return exitCodes.done;
		default:
			return runCommand(invocation, await openWorld(program, invocation.options), signal);
	}
};

const openWorld = async (
	program: NodeJS.Process,
	options: {readonly noColour: boolean},
): Promise<SetupWorld> => (await import('./world.ts')).openWorld(program, options);

type Command = Exclude<Invocation, {command: 'help' | 'version'}>;

/** Each command is loaded only when it is asked for: some bring a lot with them. */
const runCommand = async (
	invocation: Command,
	world: SetupWorld,
	signal: AbortSignal,
): Promise<ExitCode> => {
	switch (invocation.command) {
		case 'setup':
			return (await import('./commands/setup.ts')).setup(world, invocation, signal);
		case 'backup':
			return backUp(invocation, world, signal);
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
		case 'ask-restore':
			return askAndRestore(invocation, world, signal);
		case 'accept-missing':
			return (await import('./commands/accept-missing.ts')).acceptMissing(
				world,
				invocation,
				signal,
			);
		case 'demo':
			return (await import('./commands/demo.ts')).demo(world, invocation, signal);
	}
};

/** Where nothing is set up yet, whoever can be asked is asked first. */
const backUp = async (
	invocation: BackupInvocation,
	world: SetupWorld,
	signal: AbortSignal,
): Promise<ExitCode> => {
	if (await isFirstTime(world, invocation)) {
		const {setup} = await import('./commands/setup.ts');
		return setup(world, {command: 'setup', options: invocation.options, example: false}, signal);
	}

	return (await import('./commands/backup.ts')).backup(world, invocation, signal);
};

const askAndRestore = async (
	invocation: AskingRestore,
	world: SetupWorld,
	signal: AbortSignal,
): Promise<ExitCode> => {
	const {askWhatToRestore} = await import('./commands/ask-what-to-restore.ts');
	const asked = await askWhatToRestore(world, invocation, signal);
	return asked === undefined
		? exitCodes.interrupted
		: (await import('./commands/restore.ts')).restore(world, asked, signal);
};
