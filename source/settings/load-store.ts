import {resolve} from 'node:path';
import type {CommonOptions, FromStore} from '../arguments/invocation.ts';
import {exitCodes} from '../domain/failure/exit-code.ts';
import {StopError} from '../domain/failure/failure.ts';
import {type Reading, readDraft} from '../domain/settings/read-settings.ts';
import {readStores} from '../domain/settings/read-stores.ts';
import {checkSecrets} from '../domain/settings/secret.ts';
import type {StoreSettings} from '../domain/settings/settings.ts';
import {
	formatProblems,
	type SettingsProblem,
	withPosition,
} from '../domain/settings/settings-problem.ts';
import {usualFullAfter} from '../domain/store/chain.ts';
import type {SettingsDocument} from '../ports/settings-store.ts';
import type {World} from '../ports/world.ts';
import {resolveFolder} from './locate-folder.ts';
import {hideSecrets, openSecrets} from './read-secrets.ts';
import {openStores, secretsOf} from './read-stores.ts';

/**
 * The store that is to be read. On the worst day there may be nothing but a folder, so its path is
 * enough; a store on a server needs a settings file with nothing but `stores`.
 */
export const loadStore = async (
	world: World,
	options: CommonOptions,
	{store}: FromStore,
	signal: AbortSignal,
): Promise<StoreSettings> => {
	const {settings, files} = world;
	const path = resolveFolder(store, settings.homeFolder);
	if (/[/\\]/.test(store) || (await files.exists(joinIndex(path)))) {
		return {
			title: store,
			place: {type: 'folder', path},
			recipients: 'none',
			fullAfter: usualFullAfter,
		};
	}

	const file = resolve(options.config ?? settings.defaultPath);
	const document = await settings.read(file);
	const {titles, opened} = await openStoreOf(world, {file, document, title: store}, signal);
	if (opened === undefined) {
		throw new StopError(`${file} has no store "${store}".`, {
			advice: `${titles === '' ? 'It names no store' : `It has ${titles}`}. The path of a store's folder will do, too.`,
			exitCode: exitCodes.usage,
		});
	}

	return opened;
};

type Place = {
	/** Path of the settings file. */
	readonly file: string;
	readonly document: Pick<SettingsDocument, 'content' | 'locate'> | undefined;
	readonly title: string;
};

/**
 * A store of a settings file's content, with its secrets; undefined if there is none of that title.
 * Throws a StopError with all mistakes of the section.
 */
export const openStoreOf = async (
	{settings, environment}: Pick<World, 'settings' | 'environment'>,
	{file, document, title}: Place,
	signal: AbortSignal,
): Promise<{readonly opened: StoreSettings | undefined; readonly titles: string}> => {
	const problems: SettingsProblem[] = [];
	const reading: Reading = {environment, report: (problem) => void problems.push(problem)};
	const draft = readDraft(document?.content, {...reading, report: () => {}});
	const drafts = readStores(draft.stores, reading);
	const chosen = drafts.filter((one) => one.title === title);
	checkSecrets(chosen.flatMap(secretsOf), reading);
	if (document !== undefined && problems.length > 0) {
		const located = problems.map((problem) => withPosition(problem, document.locate));
		throw new StopError(formatProblems(file, located));
	}

	const [opened] = await openStores(chosen, {
		file,
		home: settings.homeFolder,
		secrets: openSecrets(settings, file, signal),
		withoutSecrets: hideSecrets(draft, []),
		reading,
	});
	return {opened, titles: drafts.map((one) => one.title).join(', ')};
};

const joinIndex = (folder: string): string => `${folder}/index`;
