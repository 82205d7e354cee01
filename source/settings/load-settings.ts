import {resolve} from 'node:path';
import type {CommonOptions} from '../arguments/invocation.ts';
import {StopError} from '../domain/failure/failure.ts';
import {makeSource, reportTitles, type TokenUse} from '../domain/settings/make-source.ts';
import {
	type Given,
	isOther,
	type Reading,
	readDraft,
	type SettingsDraft,
	type SourceDraft,
} from '../domain/settings/read-settings.ts';
import {readStores, type StoreDraft} from '../domain/settings/read-stores.ts';
import {readTelling} from '../domain/settings/read-telling.ts';
import {checkSecrets, isApart, waysOf} from '../domain/settings/secret.ts';
import {noticeFile, noticeSource, selectSources} from '../domain/settings/select-sources.ts';
import type {Settings, Source} from '../domain/settings/settings.ts';
import {
	formatProblems,
	type SettingsProblem,
	shorten,
	withPosition,
} from '../domain/settings/settings-problem.ts';
import {answers, describeAnswer} from '../domain/settings/settings-table.ts';
import {readVariable} from '../domain/settings/variables.ts';
import type {SettingsDocument} from '../ports/settings-store.ts';
import type {World} from '../ports/world.ts';
import {locateBeside, locateFolder} from './locate-folder.ts';
import {hideSecrets, openSecrets, type Secrets} from './read-secrets.ts';
import {openStores, secretsOf} from './read-stores.ts';

type SettingsNeeds = {
	/** False if a command only reads the backup folder: then no token is looked for. */
	readonly credentials: boolean;
	/** Are the stores and their secrets needed? */
	readonly stores?: boolean;
	/** Default: true. Otherwise settings with a store may leave it out, as those of runs without a folder do. */
	readonly folder?: boolean;
	readonly signal: AbortSignal;
};

type SettingsWorld = Pick<World, 'environment' | 'clock' | 'settings'>;

/**
 * Options over variables over the settings file over defaults. Throws a StopError that names every
 * mistake that concerns the selected sources, those in the file with line and column.
 */
export const loadSettings = async (
	options: CommonOptions,
	world: SettingsWorld,
	needs: SettingsNeeds,
): Promise<Settings> => {
	const gathered = await gather(options, world, needs);
	const {draft, selected, localFolder, file, document, secrets} = gathered;
	// Validate everything first: a passwordCommand may ask for a fingerprint.
	const checked = makeSources(gathered, new Map(), needs);
	stopAtProblems(gathered);
	const tokens = needs.credentials ? await readTokens(gathered) : new Map();
	const made = tokens.size === 0 ? checked : makeSources(gathered, tokens, needs);
	stopAtProblems(gathered);
	const sources = needs.stores === true ? await withStores(gathered, made, world) : made;
	const today = new Date(world.clock.now()).toISOString().slice(0, 10);
	return {
		localFolder,
		sources,
		concurrency: draft.concurrency,
		maxWait: draft.maxWait,
		removeDeletedRepos: draft.removeDeletedRepos === true,
		metadataTime: draft.metadataTime,
		metricsFile:
			draft.metricsFile && locateBeside(file, draft.metricsFile.text, world.settings.homeFolder),
		afterBackup:
			draft.afterBackup.length === 0
				? undefined
				: {
						words: draft.afterBackup,
						environment: gathered.withoutSecrets(world.environment),
					},
		notices: [
			...(document ? noticeFile(draft, file, document.isReadableByOthers) : []),
			...secrets.complaints(),
			...(needs.credentials
				? sources.flatMap((source, index) => noticeSource(source, selected[index], today))
				: []),
		],
	};
};

/** Everything that was given, and its problems so far. */
type Gathered = {
	readonly file: string;
	readonly document: SettingsDocument | undefined;
	readonly draft: SettingsDraft;
	readonly stores: readonly StoreDraft[];
	readonly selected: readonly SourceDraft[];
	readonly localFolder: string;
	readonly problems: readonly SettingsProblem[];
	readonly reading: Reading;
	readonly secrets: Secrets;
	readonly withoutSecrets: ReturnType<typeof hideSecrets>;
};

const gather = async (
	options: CommonOptions,
	world: SettingsWorld,
	needs: SettingsNeeds,
): Promise<Gathered> => {
	const file = resolve(options.config ?? world.settings.defaultPath);
	const document = await readFile(file, options, world, needs);
	const problems: SettingsProblem[] = [];
	const report = (problem: SettingsProblem): void => void problems.push(problem);
	const reading = {environment: world.environment, report};
	const draft = readDraft(document?.content, reading);
	reportTitles(draft.sources, report);
	const targets = readTelling(draft, reading);
	const stores = readStores(draft.stores, reading);
	reportUnknownSources(stores, draft, report);
	if (needs.credentials) {
		checkSecrets(
			targets.flatMap(({way}) => Object.values(way.secrets)),
			reading,
		);
	}

	if (needs.stores === true) {
		checkSecrets(stores.flatMap(secretsOf), reading);
	}

	const given = draft.localFolder ?? options.folder;
	const localFolder =
		given === undefined && needs.folder === false && stores.length > 0
			? ''
			: locateFolder(draft.localFolder, options.folder, {
					file: document && file,
					home: world.settings.homeFolder,
					hasStores: stores.length > 0,
					report,
				});
	const secrets = openSecrets(world.settings, file, needs.signal);
	const withoutSecrets = hideSecrets(draft, targets);
	const parts = {file, document, draft, stores, localFolder, problems, reading, secrets};
	const gathered = {...parts, withoutSecrets};
	if (options.workspace === undefined && draft.sources.every(isOther)) {
		report({
			path: [],
			part: 'value',
			message: 'there is no source of Bitbucket',
			hint: '"cistern setup" adds one',
			lacks: ['sources'],
		});
		stopAtProblems({...gathered, selected: []});
	}

	const token = needs.credentials ? await readToken(options, world, secrets) : undefined;
	return {...gathered, selected: selectSources(draft, {...options, token}, options.source)};
};

/**
 * The settings file; undefined if options take its place. Throws a StopError if the file is
 * missing and options do not suffice. Options never take the place of a file that was named.
 */
const readFile = async (
	file: string,
	options: CommonOptions,
	{settings}: SettingsWorld,
	{credentials}: SettingsNeeds,
): Promise<SettingsDocument | undefined> => {
	const document = await settings.read(file);
	if (document === undefined && options.config !== undefined) {
		throw new StopError(`The settings file ${file} does not exist.`, {
			advice: `--config (CISTERN_CONFIG) names it: is the path right? "cistern setup --config ${options.config}" asks for what is needed and writes it.`,
		});
	}

	if (document === undefined && options.workspace === undefined) {
		throw new StopError(`There are no settings yet: ${file} does not exist.`, {
			advice: adviseWithoutFile(credentials),
		});
	}

	return document;
};

const adviseWithoutFile = (credentials: boolean): string => {
	const needed = `${describeAnswer('workspace')} and ${describeAnswer('folder')}`;
	const toSignIn = `${describeAnswer('apiAuthName')}, ${describeAnswer('authName')} and ${describeAnswer('token')}`;
	const fromFolder = credentials ? '' : 'To read a backup without settings: --from FOLDER. ';
	return `${fromFolder}"cistern setup" asks for what is needed; "cistern setup --example" prints a file to start from. Without a file, give ${needed}, and to sign in ${toSignIn}.`;
};

const fileVariable = `${answers.token.variable}_FILE`;

const readToken = async (
	{tokenStdin}: CommonOptions,
	{settings, environment}: SettingsWorld,
	secrets: Secrets,
): Promise<string | undefined> => {
	if (tokenStdin) {
		return settings.readTokenFromInput();
	}

	const token = readVariable(environment, answers.token.variable);
	const path = readVariable(environment, fileVariable);
	if (token !== undefined && path !== undefined) {
		throw new StopError(`${answers.token.variable} and ${fileVariable} are both set.`, {
			advice: 'Keep one of them.',
		});
	}

	return path === undefined ? token : secrets.readFile(resolve(path), fileVariable);
};

/** The token of each source that has a passwordCommand or a passwordFile. */
type Tokens = ReadonlyMap<SourceDraft, Given>;

const readTokens = async ({selected, secrets}: Gathered): Promise<Tokens> => {
	const tokens = new Map<SourceDraft, Given>();
	for (const source of selected) {
		const [given] = waysOf(source, 'password');
		if (given !== undefined && isApart(given)) {
			tokens.set(source, {...given.given, text: await secrets.read(given)});
		}
	}

	return tokens;
};

const makeSources = (
	{selected, stores, reading}: Gathered,
	tokens: Tokens,
	{credentials}: SettingsNeeds,
): readonly Source[] =>
	selected
		.flatMap(
			(source) => makeSource(source, chooseTokenUse(source, tokens, credentials), reading) ?? [],
		)
		.map((source) => nameStores(source, stores));

const nameStores = (source: Source, stores: readonly StoreDraft[]): Source => {
	const storeTitles = stores
		.filter(({sources}) => sources.length === 0 || sources.includes(source.title))
		.map(({title}) => title);
	return storeTitles.length === 0 ? source : {...source, storeTitles};
};

const chooseTokenUse = (source: SourceDraft, tokens: Tokens, credentials: boolean): TokenUse => {
	if (!credentials) {
		return {kind: 'unused'};
	}

	const token = tokens.get(source);
	if (token !== undefined) {
		return {kind: 'given', token};
	}

	return {kind: waysOf(source, 'password').some(isApart) ? 'pending' : 'check'};
};

/** Gives each source the stores that it is sent to. */
const withStores = async (
	{stores, file, secrets, withoutSecrets, reading}: Gathered,
	sources: readonly Source[],
	{settings}: SettingsWorld,
): Promise<readonly Source[]> => {
	const home = settings.homeFolder;
	const opened = await openStores(stores, {file, home, secrets, withoutSecrets, reading});
	return sources.map((source) => ({
		...source,
		stores: opened.filter(({title}) => source.storeTitles?.includes(title)),
	}));
};

const reportUnknownSources = (
	stores: readonly StoreDraft[],
	{sources}: SettingsDraft,
	report: Reading['report'],
): void => {
	for (const {path, sources: titles} of stores) {
		const unknown = titles.find((title) => !sources.some((one) => one.title?.text === title));
		if (unknown !== undefined) {
			const message = `there is no source "${shorten(unknown)}"`;
			report({path: [...path, 'sources'], part: 'value', message});
		}
	}
};

/** Problems of sources that are not selected do not matter. */
const stopAtProblems = ({file, document, selected, problems}: Gathered): void => {
	const matters = problems.filter(
		({path}) =>
			path?.[0] !== 'sources' ||
			path.length === 1 ||
			selected.some((source) => source.path?.[1] === path[1]),
	);
	if (matters.length > 0) {
		const located = matters.map((problem) =>
			document === undefined ? problem : withPosition(problem, document.locate),
		);
		throw new StopError(formatProblems(file, located));
	}
};
