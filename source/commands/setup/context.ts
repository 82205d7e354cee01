import {resolve} from 'node:path';
import type {CommonOptions} from '../../arguments/invocation.ts';
import {proposeVariable, suggestAnswers} from '../../domain/answers/suggest-answers.ts';
import type {
	RememberedAnswers,
	SourceAnswers,
	Suggestions,
} from '../../domain/answers/wizard-answers.ts';
import {onlyGiven} from '../../domain/given.ts';
import type {SettingsDraft, SourceDraft} from '../../domain/settings/read-settings.ts';
import {isOther, readDraft} from '../../domain/settings/read-settings.ts';
import {Secret} from '../../domain/settings/settings.ts';
import {answers} from '../../domain/settings/settings-table.ts';
import {type Environment, readVariable} from '../../domain/settings/variables.ts';
import type {SetupWorld} from '../../ports/world.ts';
import {locateFolder} from '../../settings/locate-folder.ts';
import type {SetupSituation} from '../../ui/ask/setup/form.ts';

/** The settings file before the wizard changes it, with everything from the command line. */
export type SetupContext = {
	/** Absolute path of the file that will be written. */
	readonly file: string;
	/** Bitbucket's sources in it. */
	readonly sources: readonly SourceDraft[];
	readonly titles: readonly string[];
	/** Absolute path of the backup folder it names. */
	readonly folder: string | undefined;
	readonly scmBackupFile: SetupSituation['scmBackupFile'];
	/** Does it name a target for messages? */
	readonly isTold: boolean;
	/** Does it name a store? */
	readonly isStored: boolean;
	readonly tokenVariable: string;
	readonly api: GivenApi;
	readonly suggestions: Suggestions;
};

/** Throws a StopError for a settings file that cannot be read at all. */
export const readSetupContext = async (
	world: SetupWorld,
	options: CommonOptions,
): Promise<SetupContext> => {
	const file = resolve(options.config ?? world.settings.defaultPath);
	const draft = await readFile(world, file);
	const sources = draft?.sources.filter((source) => !isOther(source)) ?? [];
	const folder =
		draft?.localFolder === undefined
			? undefined
			: locateFolder(draft.localFolder, undefined, {
					file,
					home: world.settings.homeFolder,
					report: ignore,
				});
	return {
		file,
		sources,
		titles: draft?.sources.flatMap(({title}) => title?.text ?? []) ?? [],
		folder,
		scmBackupFile: await findScmBackupFile(world, file, draft),
		isTold: isFilled(draft?.email) || isFilled(draft?.tell),
		isStored: isFilled(draft?.stores),
		tokenVariable: proposeVariable(sources),
		api: readGivenApi(options, world.environment),
		suggestions: {
			folder: folder ?? resolve(world.settings.homeFolder, 'bitbucket-backup'),
			...withoutKnown(await recall(world), sources),
			...onlyGiven({folder}),
			...givenAnswers(world, options),
		},
	};
};

/** An empty section holds no value, or an empty text or list. */
const isFilled = (section: unknown): boolean =>
	section !== undefined && section !== null && String(section) !== '';

/** Mistakes in the file are reported by the run that uses it. */
const ignore = (): void => {};

const readFile = async (world: SetupWorld, path: string): Promise<SettingsDraft | undefined> => {
	const document = await world.settings.read(path);
	return document && readDraft(document.content, {environment: world.environment, report: ignore});
};

/**
 * The file that `--config` names, while there is none in Cistern's own place; otherwise the
 * `settings.yml` that SCM Backup would read from the folder that it is started in.
 */
const findScmBackupFile = async (
	world: SetupWorld,
	file: string,
	draft: SettingsDraft | undefined,
): Promise<SetupSituation['scmBackupFile']> => {
	const isGiven = draft !== undefined;
	const path = isGiven ? file : resolve('settings.yml');
	const to = isGiven ? resolve(world.settings.defaultPath) : file;
	if (path === to || (await world.files.exists(to))) {
		return undefined;
	}

	const found = isGiven ? draft : await readFile(world, path).catch(() => undefined);
	const workspaces = (found?.sources ?? [])
		.filter((source) => !isOther(source))
		.flatMap(({name}) => name?.text ?? []);
	return workspaces.length === 0 ? undefined : {path, to, workspaces};
};

/** Answers of an earlier wizard. Nothing depends on them. */
const recall = (world: SetupWorld): Promise<RememberedAnswers> =>
	world.memory.read().catch(() => ({}));

/** A workspace that is set up already is not proposed again. */
const withoutKnown = (
	answers: RememberedAnswers,
	sources: readonly SourceDraft[],
): RememberedAnswers => {
	const {workspace, type: _type, ...others} = answers;
	return sources.some(({name}) => name?.text === workspace) ? others : answers;
};

const givenAnswers = (world: SetupWorld, options: CommonOptions): Suggestions => {
	const {workspace, type, authName, apiAuthName, folder} = options;
	const token = readVariable(world.environment, answers.token.variable);
	return onlyGiven({
		workspace,
		type: type === 'user' || type === 'org' ? type : undefined,
		authName,
		apiAuthName,
		folder: folder && resolve(folder),
		token: token === undefined ? undefined : new Secret(token),
	});
};

/** The source that the answers replace, as it is in the file. */
export const sourceBefore = (
	{sources}: SetupContext,
	{replaces}: Pick<SourceAnswers, 'replaces'>,
): SourceDraft | undefined => sources.find(({title}) => title?.text === replaces);

/** Address of the API for these answers; undefined for Bitbucket's own. */
export const apiUrlFor = (
	context: SetupContext,
	answered: Pick<SourceAnswers, 'replaces'>,
): string | undefined => context.api.url ?? sourceBefore(context, answered)?.apiUrl?.text;

/** The sources with their answers, to be changed one by one. */
export const configuredSources = ({sources}: SetupContext, world: SetupWorld) =>
	sources.flatMap((source) =>
		source.title === undefined
			? []
			: [{title: source.title.text, answers: suggestAnswers(source, world.environment)}],
	);

/** An address of the API that was given to the setup, other than the one in the settings file. */
type GivenApi = {
	/** Used in place of every source's own. */
	readonly url: string | undefined;
	/** Written into the source that is set up: the option's address. */
	readonly toWrite: string | undefined;
	/**
	 * Later runs have to be given it: the variable's address. It wins over the file wherever it is
	 * set, and if it were written, it would stay in use after the variable is gone.
	 */
	readonly toSet: string | undefined;
};

const readGivenApi = ({apiUrl}: CommonOptions, environment: Environment): GivenApi => {
	const isVariable = apiUrl === readVariable(environment, answers.apiUrl.variable);
	return {
		url: apiUrl,
		toWrite: isVariable ? undefined : apiUrl,
		toSet: isVariable ? apiUrl : undefined,
	};
};
