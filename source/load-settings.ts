import {resolve} from 'node:path';
import {StopError} from './domain/failure.ts';
import type {Settings, Source} from './domain/settings.ts';
import type {SettingsDraft, SourceDraft} from './domain/settings-draft.ts';
import {describeAnswer} from './domain/settings-keys.ts';
import {noticeFile, noticeSource} from './domain/settings-notices.ts';
import {formatProblems, type SettingsProblem, withPosition} from './domain/settings-problem.ts';
import {readDraft} from './domain/settings-read.ts';
import {type GivenAnswers, selectSources} from './domain/settings-select.ts';
import {makeSource, type TokenUse} from './domain/settings-source.ts';
import {reportTitles} from './domain/settings-titles.ts';
import {readVariable} from './domain/variables.ts';
import type {CommonOptions} from './invocation.ts';
import {locateFolder} from './locate-folder.ts';
import type {SettingsDocument, World} from './ports.ts';

export type SettingsNeeds = {
	/** False where only the backup folder is read: no token is looked for. */
	readonly credentials: boolean;
	readonly signal: AbortSignal;
};

export type SettingsWorld = Pick<World, 'settings' | 'environment' | 'clock'>;

/**
 * Options over variables over the settings file over defaults. Throws a StopError that names every
 * mistake that matters for the selected sources, those in the file with line and column.
 */
export const loadSettings = async (
	options: CommonOptions,
	world: SettingsWorld,
	needs: SettingsNeeds,
): Promise<Settings> => {
	const file = resolve(options.config ?? world.settings.defaultPath);
	const document = await readDocument(file, options, world);
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
	const selected = await select(draft, options, world, needs);
	const make = (tokens: Tokens): readonly Source[] =>
		selected.flatMap((source) => makeSource(source, useOf(source, tokens, needs), reading) ?? []);

	// Everything is looked at before a command is run that may ask somebody for a finger.
	const checked = make(new Map());
	stopAt(problems, selected, {file, document});
	const tokens = await runCommands(selected, world, needs);
	const sources = tokens.size === 0 ? checked : make(tokens);
	stopAt(problems, selected, {file, document});
	...
};
