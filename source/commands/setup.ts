import {type ExitCode, exitCodes} from '../domain/failure/exit-code.ts';
import {StopError} from '../domain/failure/failure.ts';
import {
	type AnswerName,
	answers,
	describeAnswer,
	writeExample,
} from '../domain/settings/settings-table.ts';
import {readVariable} from '../domain/settings/variables.ts';
import type {CommonOptions, SetupInvocation} from '../invocation.ts';
import type {SetupWorld} from '../ports/world.ts';
import {formatSchedule} from '../ui/schedule.ts';
import {askForSettings, type SetupOutcome} from './ask-for-settings.ts';

/** `cistern setup`: the wizard, and the first backup where the user wants it at once. */
export const setup = async (
	world: SetupWorld,
	{options, example}: SetupInvocation,
	signal: AbortSignal,
): Promise<ExitCode> => {
	if (example) {
		world.terminal.writeOut(writeExample());
		return exitCodes.done;
	}

	refuseWithoutTerminal(world, options);
	const outcome = await askForSettings(world, options, signal);
	switch (outcome.next) {
		case 'left':
			return exitCodes.interrupted;
		case 'nothing':
			return exitCodes.done;
		case 'back-up':
			return backUpFirst(world, options, outcome, signal);
	}
};

const asked: readonly AnswerName[] = [
	'workspace',
	'type',
	'authName',
	'apiAuthName',
	'token',
	'folder',
];

/** Names every answer that was not given, as it could be. */
const refuseWithoutTerminal = (world: SetupWorld, options: CommonOptions): void => {
	if (world.terminal.canAsk && !options.yes) {
		return;
	}

	const given: Readonly<Record<string, unknown>> = {
		...options,
		token: options.tokenStdin || readVariable(world.environment, answers.token.variable),
	};
	const missing = asked.filter((name) => !given[name]).map((name) => `  ${describeAnswer(name)}`);
	throw new StopError(
		options.yes
			? 'cistern setup asks questions, so --yes cannot go with it.'
			: 'cistern setup asks questions, and there is no terminal to ask them in.',
		{
			advice: [
				'Write a settings file ("cistern setup --example" prints one), or run "cistern --yes" with these answers:',
				...missing,
			].join('\n'),
			exitCode: exitCodes.usage,
		},
	);
};

/** What was just answered stands in the file, and a variable for the token is not set yet. */
const backUpFirst = async (
	world: SetupWorld,
	options: CommonOptions,
	{config, variables, apiUrl}: SetupOutcome,
	signal: AbortSignal,
): Promise<ExitCode> => {
	const ready = {...world, environment: {...world.environment, ...variables}};
	// Loaded behind the wizard: what saves is not what asks.
	const {backup} = await import('./backup.ts');
	const exitCode = await backup(
		ready,
		{
			command: 'backup',
			options: {...options, ...notGiven, config, apiUrl},
			only: [],
			exclude: [],
			concurrency: undefined,
			dryRun: false,
			wait: false,
		},
		signal,
	);
	if (exitCode === exitCodes.done || exitCode === exitCodes.incomplete) {
		const named = config === undefined ? [] : ['--config', config];
		world.terminal.writeError(
			`\n${formatSchedule({
				command: [...world.program, ...named],
				variable: Object.keys(variables)[0],
				apiUrl,
				columns: world.terminal.errorColumns(),
			})}`,
		);
	}

	return exitCode;
};

const notGiven = {
	workspace: undefined,
	type: undefined,
	authName: undefined,
	apiAuthName: undefined,
	folder: undefined,
	tokenStdin: false,
} as const;
