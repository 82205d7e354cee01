import {type Checked, is, type JsonObject, objectsOf} from '../json.ts';
import type {Fields, Gap} from '../record/gap.ts';
import {day, formatCount, formatNames, formatNumber, formatSize} from '../text/format.ts';
import {isYounger} from './age.ts';
import {nameFiles} from './file-name.ts';
import {noSettings, type SettingsState} from './settings-state.ts';

/** A snippet of the workspace's list. */
export type ListedSnippet = Pick<MissingSnippet, keyof typeof listedSnippet>;

const listedSnippet = {
	id: is.text,
	title: is.text,
	/** As Bitbucket wrote it. It moves when the files change. */
	updatedOn: is.text,
};

/** Bitbucket's ids are short texts such as `kypj`, though its description of the API says numbers. */
export const readListedSnippet = ({
	id,
	title,
	updated_on: updatedOn,
}: JsonObject): ListedSnippet => ({
	id: `${typeof id === 'number' || typeof id === 'string' ? id : ''}`,
	title: typeof title === 'string' ? title : '',
	updatedOn: typeof updatedOn === 'string' ? updatedOn : '',
});

/** Can the id be a part of an address, and the name of a folder? */
export const isSnippetId = (id: string): boolean => /^[A-Za-z0-9]{1,40}$/.test(id);

/** No snippet has more files. It stops a server that names them without an end. */
export const mostSnippetFiles = 1000;

/** An item of `files` in `snippet.json`. */
export type SnippetFile = {
	/** As people named it. */
	readonly name: string;
	/** Its name among the saved files. Undefined for one that could not be had. */
	readonly savedAs?: string | undefined;
	/** Bytes. */
	readonly size?: number | undefined;
};

/** The files that a saved `snippet.json` names. */
export const readSnippetFiles = (snippet: JsonObject): readonly SnippetFile[] =>
	objectsOf(snippet['files']).flatMap(({name, savedAs, size}) =>
		typeof name === 'string' && typeof savedAs === 'string' && typeof size === 'number'
			? [{name, savedAs, size}]
			: [],
	);

/**
 * The names under which files are saved, in the order of their own. No name that a user chose becomes a
 * path as it is, and the paths of metadata are made of plain letters.
 */
export const nameSnippetFiles = (names: readonly string[]): readonly string[] =>
	nameFiles(names.map((name) => name.normalize('NFC').replaceAll(/[^\w.-]/gu, '_') || '_'));

/** A snippet of the list that is not here, or not all of it. */
export type MissingSnippet = Checked<typeof isMissingSnippet>;

const isMissingSnippet = is.objectOf({
	...listedSnippet,
	/** `denied`: Bitbucket does not give it. A failed one is asked for again by the next run. */
	why: is.oneOf('failed', 'denied'),
	/** The reason in more words. */
	words: is.text,
	/** When it was asked for, RFC 3339. */
	at: is.text,
});

/** How far the contents of a workspace's snippets are saved. */
export type SnippetsState = Checked<typeof isSnippetsState>;

export const isSnippetsState = is.objectOf({
	/** Of the list that they were compared with: when it was read, RFC 3339. */
	listedAt: is.text,
	/** Snippets of the list that are here, their files, and the bytes of those. */
	saved: is.number,
	files: is.number,
	size: is.number,
	/** Snippets that were not asked for yet, because the run ended before. */
	left: is.number,
	missing: is.optional(is.listOf(isMissingSnippet)),
});

/** When the list was last read; undefined while Bitbucket does not give it. */
export const whenListed = ({files, asked, at}: SettingsState): string | undefined => {
	const {items, denied} = files['snippets'] ?? {};
	return items === undefined || denied !== undefined ? undefined : (asked?.['snippets'] ?? at);
};

/** Are the contents to be compared with the list? */
export const areSnippetsDue = (
	state: SnippetsState | undefined,
	settings: SettingsState = noSettings,
): boolean => {
	const listedAt = whenListed(settings);
	return (
		listedAt !== undefined &&
		(state === undefined ||
			state.listedAt !== listedAt ||
			state.left > 0 ||
			state.missing?.some(({why}) => why === 'failed') === true)
	);
};

/** One that Bitbucket did not give is asked for again after this time, or once it changed. */
const denialAge = 30 * day;

/** Did Bitbucket refuse the snippet as it is now, a short time ago? */
export const isStillDenied = (
	{missing = []}: Pick<SnippetsState, 'missing'>,
	{id, updatedOn}: ListedSnippet,
	now: number,
): boolean =>
	missing.some(
		(one) =>
			one.id === id &&
			one.updatedOn === updatedOn &&
			one.why === 'denied' &&
			isYounger(one.at, denialAge, now),
	);

/** About how many requests the contents still take. */
export const estimateSnippets = (
	state: SnippetsState | undefined,
	settings: SettingsState = noSettings,
): number =>
	state?.left ??
	(whenListed(settings) === undefined ? 0 : (settings.files['snippets']?.items ?? 0));

/** `12 snippets (34 files, 56 kB)`; empty if there are none. */
export const countSnippets = (state: SnippetsState | undefined): string =>
	state === undefined || state.saved === 0
		? ''
		: `${formatCount(state.saved, 'snippet')} (${formatCount(state.files, 'file')}, ${formatSize(state.size)})`;

/** The same in JSON. */
export const fieldsOfSnippets = (state: SnippetsState | undefined): Fields =>
	state === undefined || state.saved === 0
		? {}
		: {snippets: {count: state.saved, files: state.files, size: state.size}};

/** Snippets that are not here. Those that Bitbucket does not give count as known. */
export const gapsOfSnippets = (state: SnippetsState | undefined): readonly Gap[] => {
	const {missing = [], saved = 0} = state ?? {};
	return (['failed', 'denied'] as const).flatMap((why): readonly Gap[] => {
		const some = missing.filter((one) => one.why === why);
		const [first] = some;
		if (first === undefined) {
			return [];
		}

		const names = some.map(({id, title}) => (title === '' ? id : `${id}, ${title}`));
		const of = formatNumber(saved + missing.length);
		return [
			{
				what: 'snippets',
				detail: `${formatNumber(some.length)} of ${of} (${formatNames(names, names.length)}): ${first.words}`,
				advice: why === 'failed' ? 'The next backup tries again.' : '',
				isAccepted: why === 'denied',
			},
		];
	});
};
