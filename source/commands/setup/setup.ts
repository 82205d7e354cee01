import type {CommonOptions, SetupInvocation} from '../../arguments/invocation.ts';
import type {StoreAnswer} from '../../domain/answers/store-answer.ts';
import {
	credentialFrom,
	type ScheduleChoice,
	type WizardAnswers,
	type WizardResult,
} from '../../domain/answers/wizard-answers.ts';
import {type ExitCode, exitCodes} from '../../domain/failure/exit-code.ts';
import {StopError} from '../../domain/failure/failure.ts';
import {storeTitle} from '../../domain/settings/settings-edit.ts';
import {writeExample} from '../../domain/settings/settings-example.ts';
import {type AnswerName, answers, describeAnswer} from '../../domain/settings/settings-table.ts';
import {type Environment, readVariable} from '../../domain/settings/variables.ts';
import {quote} from '../../domain/text/format.ts';
import type {SetupWorld} from '../../ports/world.ts';
import {terminalFeatures} from '../../ui/ask/terminal-features.ts';
import {layOut} from '../../ui/text/layout.ts';
import {apiUrlFor, configuredSources, readSetupContext, type SetupContext} from './context.ts';
import {
	findNightScheduler,
	installNightly,
	type Nightly,
	notGiven,
	showNightly,
	withVariables,
} from './night.ts';
import {makeSetupPorts, makeSource} from './ports.ts';

/** `cistern setup`: the wizard, and the first backup if the user wants it at once. */
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
			await installNightly(world, options, outcome, signal);
			await showNightly(world, options, outcome, signal);
			return exitCodes.done;
		case 'back-up':
			// Before the backup, which may take hours.
			await installNightly(world, options, outcome, signal);
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

/** Names the option and the variable of every answer that is missing. */
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
			? 'cistern setup asks questions, so it does not work with --yes.'
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

type SetupOutcome = Nightly & {
	readonly next: 'back-up' | 'nothing' | 'left';
	/** The API's address, if no settings name it and later runs have to be given it. */
	readonly apiUrl: string | undefined;
	/** Do the settings name a target for messages? */
	readonly isTold: boolean;
	/** The store that was set up just now, as --store takes it on another computer. */
	readonly newStore: string | undefined;
};

/** Asks for one workspace after the other, until the user wants no more. */
const askForSettings = async (
	world: SetupWorld,
	options: CommonOptions,
	signal: AbortSignal,
): Promise<SetupOutcome> => {
	let variables: Readonly<Record<string, string>> = {};
	let schedule: ScheduleChoice | undefined;
	let carried: WizardAnswers | undefined;
	let newStore: string | undefined;
	const {config} = options;
	for (;;) {
		// The options describe the first workspace only.
		const given = carried === undefined ? {} : {workspace: undefined, type: undefined};
		const context = await readSetupContext(world, {...options, ...given});
		const result = await runQuestions({world, context, carried, signal});
		const {isTold} = context;
		const common = {config, variables, apiUrl: context.api.toSet, schedule, isTold, newStore};
		if (result.kind === 'left') {
			return {...common, next: carried === undefined ? 'left' : 'nothing'};
		}

		if (result.kind === 'take-over') {
			await world.settings.takeOver(result.file, result.to);
			world.terminal.writeError(`Settings saved in ${result.to}\n\n`);
			return {
				...common,
				next: 'back-up',
				config: result.to === context.file ? config : undefined,
				// The file is copied unchanged, so the address is not written to it.
				apiUrl: context.api.url,
			};
		}

		const {token, tokenPlace, target, store} = result.answers;
		newStore ??= store && nameOf(store);
		schedule ??= result.answers.schedule;
		if (token !== undefined && tokenPlace?.kind === 'environment') {
			variables = {...variables, [tokenPlace.variable]: token.reveal()};
		}

		if (result.next !== 'add-another') {
			return {
				...common,
				next: result.next === 'back-up' ? 'back-up' : 'nothing',
				variables,
				schedule,
				isTold: isTold || target !== undefined,
				newStore,
			};
		}

		carried = result.answers;
	}
};

type Round = {
	readonly world: SetupWorld;
	readonly context: SetupContext;
	/** Answers of the workspace before, when one more is added. */
	readonly carried: WizardAnswers | undefined;
	readonly signal: AbortSignal;
};

const runQuestions = async (round: Round): Promise<WizardResult> => {
	const {world, context, carried, signal} = round;
	const {terminal, environment} = world;
	const {ports, remembered} = makeSetupPorts({world, context, signal});
	// Loaded lazily: Ink adds half a second to start-up.
	const {runWizard} = await import('../../ui/ask/setup/setup-questions.tsx');
	try {
		return await runWizard({
			ports,
			signal,
			situation: {
				loginName: world.loginName,
				suggestions: context.suggestions,
				carried,
				workspaces: await listOthers(round),
				folder: context.folder,
				sources: carried === undefined ? configuredSources(context, world) : [],
				scmBackupFile: carried === undefined ? context.scmBackupFile : undefined,
				// Without keychains, the token is kept in another place.
				keychains: await world.keychains.find().catch(() => []),
				// One more workspace is backed up, told of and sent together with the first.
				isTold: carried !== undefined || context.isTold,
				isStored: carried !== undefined || context.isStored,
				scheduler:
					carried === undefined
						? await findNightScheduler(world, context.sources, signal)
						: undefined,
				tokenVariable: context.tokenVariable,
				shellProfile: shellProfile(environment),
			},
			features: terminalFeatures(terminal, environment),
		});
	} finally {
		await remembered();
	}
};

/** Workspaces that the token sees and that are not set up; none if it may not list them. */
const listOthers = async ({world, context, carried, signal}: Round): Promise<readonly string[]> => {
	if (carried === undefined || carried.access !== 'account') {
		return [];
	}

	const source = makeSource(carried, credentialFrom(carried), apiUrlFor(context, carried));
	const {bitbucket} = world.connect(source, world.newRunName());
	const all = await bitbucket.listWorkspaces(signal).catch(() => []);
	const known = new Set(context.sources.map(({name}) => name?.text));
	return all.filter((id) => !known.has(id));
};

/** The file that every login shell reads. */
const shellProfile = (environment: Environment): string =>
	readVariable(environment, 'SHELL')?.endsWith('zsh') ? '~/.zprofile' : '~/.profile';

const backUpFirst = async (
	world: SetupWorld,
	options: CommonOptions,
	outcome: SetupOutcome,
	signal: AbortSignal,
): Promise<ExitCode> => {
	const {config, variables, apiUrl} = outcome;
	// Loaded after the wizard: questions do not wait for the engine to load.
	const {backup} = await import('../backup.ts');
	const exitCode = await backup(
		withVariables(world, variables),
		{
			command: 'backup',
			options: {...options, ...notGiven, config, apiUrl},
			only: [],
			exclude: [],
			concurrency: undefined,
			maxWait: undefined,
			metadataTime: undefined,
			withoutMetadata: false,
			dryRun: false,
			wait: false,
			startOver: false,
			send: true,
			ifOlder: undefined,
			every: undefined,
			stateless: undefined,
		},
		signal,
	);
	if (exitCode === exitCodes.done || exitCode === exitCodes.incomplete) {
		const style = {columns: world.terminal.errorColumns()};
		const lines = describeNext(outcome).flatMap((text) => layOut(0, text, style));
		world.terminal.writeError(lines.length === 0 ? '' : `\n${lines.join('\n')}\n`);
		await showNightly(world, options, outcome, signal);
	}

	return exitCode;
};

/** How to go on after the first backup. */
const describeNext = (outcome: SetupOutcome): readonly string[] => [
	...(outcome.schedule?.kind === 'install' ? [] : describeScheduling(outcome)),
	...(outcome.isTold
		? []
		: ['To be told how it went: "cistern setup --example" shows email and tell.']),
	...(outcome.newStore === undefined
		? []
		: [
				`Try the secret key of the second copy once, on another computer: cistern verify --store ${outcome.newStore} --sample 1 --identity FILE`,
			]),
];

/** A folder needs no settings file, so that its path will do. */
const nameOf = ({place}: StoreAnswer): string =>
	place.type === 'folder' ? quote(place.path) : storeTitle;

const describeScheduling = ({config, variables, apiUrl}: SetupOutcome): readonly string[] => {
	const named = config === undefined ? '' : ` --config ${quote(config)}`;
	const needed = [
		...Object.keys(variables),
		...(apiUrl === undefined ? [] : [answers.apiUrl.variable]),
	];
	return [
		`To repeat this every night: cistern schedule --at 02:00${named}`,
		...(needed.length === 0
			? []
			: [
					`A scheduler does not know ${needed.join(' and ')}: put ${needed.map((name) => `${name}=...`).join(' and ')} into a file called environment beside the settings.`,
				]),
	];
};
