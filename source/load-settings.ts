import {resolve} from 'node:path';
import {StopError} from './domain/failure/failure.ts';
import type {Settings, Source} from './domain/settings/settings.ts';
import type {SettingsDraft, SourceDraft} from './domain/settings/settings-draft.ts';
import {answers} from './domain/settings/settings-keys.ts';
import {noticeFile, noticeSource} from './domain/settings/settings-notices.ts';
import {
	formatProblems,
	type SettingsProblem,
	withPosition,
} from './domain/settings/settings-problem.ts';
import {readDraft} from './domain/settings/settings-read.ts';
import type {Reading} from './domain/settings/settings-section.ts';
import {type GivenAnswers, isOther, selectSources} from './domain/settings/settings-select.ts';
import {makeSource, type TokenUse} from './domain/settings/settings-source.ts';
import {reportTitles} from './domain/settings/settings-titles.ts';
import {readVariable} from './domain/settings/variables.ts';
import type {CommonOptions} from './invocation.ts';
import {locateFolder} from './locate-folder.ts';
import type {SettingsDocument, SettingsStore} from './ports/settings-store.ts';
import type {World} from './ports/world.ts';
import {readSettingsFile} from './read-settings-file.ts';

export type SettingsNeeds = {
	/** False where only the backup folder is read: no token is looked for. */
	readonly credentials: boolean;
	readonly signal: AbortSignal;
};

export type SettingsWorld = Pick<World, 'environment' | 'clock'> & {
	readonly settings: SettingsStore;
};

/**
 * Options over variables over the settings file over defaults. Throws a StopError that names every
 * mistake that matters for the selected sources, those in the file with line and column.
 */
export const loadSettings = async (
	options: CommonOptions,
	world: SettingsWorld,
	needs: SettingsNeeds,
): Promise<Settings> => {
	const gathered = await gather(options, world, needs);
	const {draft, selected, localFolder, file, document} = gathered;
	// Everything is looked at before a command is run that may ask somebody for a finger.
	const checked = make(gathered, new Map(), needs);
	stopAtProblems(gathered);
	const tokens = needs.credentials ? await runCommands(selected, world, needs) : new Map();
	const sources = tokens.size === 0 ? checked : make(gathered, tokens, needs);
	stopAtProblems(gathered);
	const today = new Date(world.clock.now()).toISOString().slice(0, 10);
	const notices = sources.flatMap((source, index) =>
		needs.credentials ? noticeSource(source, selected[index], today) : [],
	);
	return {
		localFolder,
		sources,
		concurrency: draft.concurrency,
		removeDeletedRepos: draft.removeDeletedRepos,
		notices: [
			...(document ? noticeFile(draft, file, document.isReadableByOthers) : []),
			...notices,
		],
	};
};

/** All that was given, and what is wrong with it so far. */
type Gathered = {
	readonly file: string;
	readonly document: SettingsDocument | undefined;
	readonly draft: SettingsDraft;
	readonly selected: readonly SourceDraft[];
	readonly localFolder: string;
	readonly problems: readonly SettingsProblem[];
	readonly reading: Reading;
};

const gather = async (
	options: CommonOptions,
	world: SettingsWorld,
	needs: SettingsNeeds,
): Promise<Gathered> => {
	const file = resolve(options.config ?? world.settings.defaultPath);
	const document = await readSettingsFile(file, options, {settings: world.settings, ...needs});
	const problems: SettingsProblem[] = [];
	const report = (problem: SettingsProblem): void => void problems.push(problem);
	const reading = {environment: world.environment, report};
	const draft = readDraft(document?.content, reading);
	reportTitles(draft.sources, report);
	const localFolder = locateFolder(draft.localFolder, options.folder, {
		file: document && file,
		home: world.settings.homeFolder,
		report,
	});
	const gathered = {file, document, draft, localFolder, problems, reading};
	if (options.workspace === undefined && draft.sources.every(isOther)) {
		report({
			path: [],
			part: 'value',
			message: 'there is no source of Bitbucket',
			hint: addSource,
			lacks: ['sources'],
		});
		stopAtProblems({...gathered, selected: []});
	}

	const answers = await readAnswers(options, world, needs);
	return {...gathered, selected: selectSources(draft, answers, options.source)};
};

const addSource = '"cistern setup" adds one';

const readAnswers = async (
	options: CommonOptions,
	world: SettingsWorld,
	needs: SettingsNeeds,
): Promise<GivenAnswers> => {
	if (!needs.credentials) {
		return options;
	}

	const token = options.tokenStdin
		? await world.settings.readTokenFromInput()
		: readVariable(world.environment, answers.token.variable);
	return {...options, token};
};

/** What each passwordCommand printed; of two sources with the same one it is run once. */
type Tokens = ReadonlyMap<string, string>;

const runCommands = async (
	selected: readonly SourceDraft[],
	world: SettingsWorld,
	{signal}: SettingsNeeds,
): Promise<Tokens> => {
	const tokens = new Map<string, string>();
	for (const {passwordCommand} of selected) {
		if (passwordCommand !== undefined && !tokens.has(passwordCommand.text)) {
			const token = await world.settings.runPasswordCommand(passwordCommand.text, signal);
			tokens.set(passwordCommand.text, token);
		}
	}

	return tokens;
};

const make = (
	{selected, reading}: Gathered,
	tokens: Tokens,
	needs: SettingsNeeds,
): readonly Source[] =>
	selected.flatMap((source) => makeSource(source, useOf(source, tokens, needs), reading) ?? []);

const useOf = (
	{passwordCommand}: SourceDraft,
	tokens: Tokens,
	{credentials}: SettingsNeeds,
): TokenUse => {
	if (!credentials || passwordCommand === undefined) {
		return {kind: credentials ? 'check' : 'unused'};
	}

	const text = tokens.get(passwordCommand.text);
	return text === undefined
		? {kind: 'pending'}
		: {kind: 'given', token: {...passwordCommand, text}};
};

/** What is wrong with a source that is not selected stops nobody. */
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
