import {resolve} from 'node:path';
import {readCommon, readValues} from '../arguments/options.ts';
import {savedSources} from '../commands/saved-sources.ts';
import {readDraft} from '../domain/settings/read-settings.ts';
import {readTelling} from '../domain/settings/read-telling.ts';
import {listDays, listNames} from '../engine/saved/name-list.ts';
import type {World} from '../ports/world.ts';
import type {Suggestion} from './shell.ts';
import type {ReadNames} from './suggest.ts';

/** The part of the world with which no server is asked and no process started. */
export type NamesWorld = Pick<World, 'environment' | 'settings' | 'files' | 'clock'>;

/** Names of the settings and the backup that a command line means. Throws where they cannot be read. */
export const openNames =
	(world: NamesWorld): ReadNames =>
	async (kind, {command, values: given}, typed) => {
		const values = readValues(command.name, given, world.environment);
		const options = readCommon(values, world.environment);
		if (kind === 'target') {
			return listTargets(world, options.config);
		}

		const sources = await savedSources(world, options, values.text('from'));
		switch (kind) {
			case 'source':
				return sources.map(({source}) => ({word: source}));
			case 'store':
				return unique(sources.flatMap(({stores = []}) => stores.map((word) => ({word}))));
			case 'repository':
				return unique(await ofAll(sources, (folder) => listNames(world, folder, typed)));
			case 'day':
				return unique(await ofAll(sources, (folder) => listDays(world.files, folder)));
		}
	};

const listTargets = async (
	{settings, environment}: NamesWorld,
	config: string | undefined,
): Promise<readonly Suggestion[]> => {
	const document = await settings.readAnyway(resolve(config ?? settings.defaultPath));
	const reading = {environment, report: () => {}};
	return readTelling(readDraft(document?.content, reading), reading).map(({name}) => ({
		word: name,
	}));
};

const ofAll = async (
	sources: readonly {readonly folder: string}[],
	list: (folder: string) => Promise<readonly Suggestion[]>,
): Promise<readonly Suggestion[]> =>
	(await Promise.all(sources.map(({folder}) => list(folder)))).flat();

/** Several sources may have a repository of one name, or one day. */
const unique = (suggestions: readonly Suggestion[]): readonly Suggestion[] => [
	...new Map(suggestions.map((one) => [one.word, one])).values(),
];
