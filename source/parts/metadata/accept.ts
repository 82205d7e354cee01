import {formatReading, parseReading} from '../../domain/metadata/reading.ts';
import {
	acceptLostSettings,
	findLostSettings,
	noSettings,
	type SettingsState,
	wordsOfSetting,
} from '../../domain/metadata/settings-state.ts';
import type {PartCopy} from '../part.ts';
import type {MetadataEntry} from './entry.ts';

const settingsOf = (known: MetadataEntry): SettingsState =>
	(known.state === 'saved' ? parseReading(known.reading)?.settings : undefined) ?? noSettings;

/** A scope that is taken from a token hides settings for good. Each run names them until the user accepts that. */
export const acceptance = {
	line: 'missing-settings' as const,
	list: async (_copy: PartCopy, known: MetadataEntry): Promise<readonly string[]> =>
		findLostSettings(settingsOf(known)).map(
			({name, reason}) => `${wordsOfSetting(name)}: ${reason}`,
		),
	accept: async (_copy: PartCopy, known: MetadataEntry): Promise<MetadataEntry> => {
		const reading = known.state === 'saved' ? parseReading(known.reading) : undefined;
		if (known.state !== 'saved' || reading === undefined) {
			return known;
		}

		const settings = acceptLostSettings(settingsOf(known));
		return {...known, reading: formatReading({...reading, settings})};
	},
};
