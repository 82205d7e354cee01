import {
	credentialFrom,
	type WizardAnswers,
	type WizardResult,
} from '../domain/answers/wizard-answers.ts';
import {type Environment, readVariable} from '../domain/settings/variables.ts';
import type {CommonOptions} from '../invocation.ts';
import type {SetupWorld} from '../ports/world.ts';
import {wizardLook} from '../ui/wizard/wizard-look.ts';
import type {WizardSituation} from '../ui/wizard/wizard-ports.ts';
import {
	apiUrlFor,
	configuredSources,
	readSetupContext,
	type SetupContext,
} from './setup-context.ts';
import {makeSetupPorts, makeSource} from './setup-ports.ts';

export type SetupOutcome = {
	readonly next: 'back-up' | 'nothing' | 'left';
	/** The settings file that was named, where it is the one to use from now on. */
	readonly config: string | undefined;
	/** Variables that the settings name and the environment does not hold yet. */
	readonly variables: Readonly<Record<string, string>>;
	/** The API's address, where it stands in no settings and later runs have to be given it. */
	readonly apiUrl: string | undefined;
};

/** Asks for one workspace after the other, until the user has had enough. */
export const askForSettings = async (
	world: SetupWorld,
	options: CommonOptions,
	signal: AbortSignal,
): Promise<SetupOutcome> => {
	let variables: Readonly<Record<string, string>> = {};
	let carried: WizardAnswers | undefined;
	const {config} = options;
	for (;;) {
		const context = await readSetupContext(
			world,
			carried === undefined ? options : withoutAnswers(options),
		);
		const apiUrl = context.api.toSet;
		const result = await ask({world, context, carried, signal});
		if (result.kind === 'left') {
			return {next: carried === undefined ? 'left' : 'nothing', config, variables, apiUrl};
		}

		if (result.kind === 'take-over') {
			await world.settings.takeOver(result.file, result.to);
			world.terminal.writeError(`Settings saved in ${result.to}\n\n`);
			// What is copied as it is names no other address.
			return {
				next: 'back-up',
				config: result.to === context.file ? config : undefined,
				variables,
				apiUrl: context.api.url,
			};
		}

		variables = {...variables, ...variableOf(result.answers)};
		if (result.next !== 'add-another') {
			return {next: result.next === 'back-up' ? 'back-up' : 'nothing', config, variables, apiUrl};
		}

		carried = result.answers;
	}
};

/** For one more workspace the options given for the first say nothing. */
const withoutAnswers = (options: CommonOptions): CommonOptions => ({
	...options,
	workspace: undefined,
	type: undefined,
});

const variableOf = ({token, tokenPlace}: WizardAnswers): Readonly<Record<string, string>> =>
	token !== undefined && tokenPlace?.kind === 'environment'
		? {[tokenPlace.variable]: token.reveal()}
		: {};

type Question = {
	readonly world: SetupWorld;
	readonly context: SetupContext;
	readonly carried: WizardAnswers | undefined;
	readonly signal: AbortSignal;
};

const ask = async (question: Question): Promise<WizardResult> => {
	const {world, context, carried, signal} = question;
	const {terminal, environment} = world;
	const ports = makeSetupPorts({world, context, signal});
	// Half a second that only those pay who are asked.
	const {runWizard} = await import('../ui/wizard/run-wizard.tsx');
	try {
		return await runWizard({
			ports,
			signal,
			situation: {
				loginName: world.loginName,
				suggestions: suggestionsFor(question),
				carried,
				workspaces: await listOthers(question),
				folder: context.folder,
				sources: carried === undefined ? configuredSources(context, world) : [],
				scmBackupFile: carried === undefined ? context.scmBackupFile : undefined,
				tokenVariable: context.tokenVariable,
				shellProfile: shellProfile(environment),
			},
			look: wizardLook(terminal, environment),
		});
	} finally {
		await ports.recordEarlyEnd();
	}
};

/** The workspace that was set up just now is no proposal for the next. */
const suggestionsFor = ({context, carried}: Question): WizardSituation['suggestions'] => {
	if (carried === undefined) {
		return context.suggestions;
	}

	const {workspace: _workspace, type: _type, ...others} = context.suggestions;
	return others;
};

/** Workspaces that the token sees and that are not set up; none where it may not list them. */
const listOthers = async ({
	world,
	context,
	carried,
	signal,
}: Question): Promise<readonly string[]> => {
	if (carried === undefined || carried.access !== 'account') {
		return [];
	}

	const {bitbucket} = world.connect(
		makeSource(carried, credentialFrom(carried), apiUrlFor(context, carried)),
		world.newRunName(),
	);
	const all = await bitbucket.listWorkspaces(signal).catch(() => []);
	const known = new Set(context.sources.map(({name}) => name?.text));
	return all.filter((id) => !known.has(id));
};

/** Where a line for every shell that signs in belongs. */
const shellProfile = (environment: Environment): string =>
	readVariable(environment, 'SHELL')?.endsWith('zsh') ? '~/.zprofile' : '~/.profile';
