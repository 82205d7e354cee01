import type {Given} from './settings-draft.ts';
import {knownKeys, rightPlace, type SectionName, settingsKeys} from './settings-keys.ts';
import type {Report, SettingPath} from './settings-problem.ts';
import {suggest} from './suggest.ts';
import {type Environment, expandVariables} from './variables.ts';

/** A map of the settings file with only known keys, none of them empty. */
export type Section = {
	readonly path: SettingPath;
	readonly values: ReadonlyMap<string, unknown>;
	/** Known keys that change nothing here and are set to something. */
	readonly unused: readonly string[];
};

/** How the values of a section are read: what is wrong is reported, and left out. */
export type Reading = {readonly environment: Environment; readonly report: Report};

/** Reports what is no map and each key that is not known. */
export const readSection = (
	content: unknown,
	path: SettingPath,
	name: SectionName,
	report: Report,
): Section => {
	if (!isMap(content)) {
		if (content !== null && content !== undefined) {
			report({
				path,
				part: 'value',
				message: `${sectionNames[name]} must hold keys with values`,
				hint: `such as ${settingsKeys[name].used.slice(0, 2).join(' and ')}`,
			});
		}

		return {path, values: new Map(), unused: []};
	}

	const known = knownKeys(name);
	for (const key of Object.keys(content).filter((each) => !known.includes(each))) {
		reportUnknown(key, [...path, key], name, report);
	}

	const given = Object.entries(content).filter(([, value]) => value !== null);
	const unused: readonly string[] = settingsKeys[name].unused;
	return {
		path,
		values: new Map(given.filter(([key]) => known.includes(key))),
		unused: given
			.filter(([key, value]) => unused.includes(key) && !isOff(value))
			.map(([key]) => key),
	};
};

const sectionNames: Readonly<Record<SectionName, string>> = {
	top: 'the file',
	options: 'options',
	backup: 'backup',
	source: 'a source',
};

const reportUnknown = (
	key: string,
	path: SettingPath,
	section: SectionName,
	report: Report,
): void => {
	const place = rightPlace(key, section);
	const meant = suggest(key, knownKeys(section));
	const hint =
		place !== undefined
			? `it belongs ${place}`
			: meant !== undefined
				? `did you mean "${meant}"?`
				: `known here are ${settingsKeys[section].used.join(', ')}`;
	report({
		path,
		part: 'key',
		message:
			place === undefined ? `unknown key "${shorten(key)}"` : `"${key}" is in the wrong place`,
		hint,
	});
};

/** One value of text, its variables replaced. */
export const readText = (section: Section, key: string, reading: Reading): Given | undefined => {
	const given = readRawText(section, key, reading.report);
	return given === undefined ? undefined : withVariables(given, reading);
};

/** One value of text, as it is written. Empty text is the same as none. */
export const readRawText = (section: Section, key: string, report: Report): Given | undefined => {
	const value = section.values.get(key);
	const path = [...section.path, key];
	if (value === undefined || value === '') {
		return undefined;
	}

	if (typeof value !== 'string') {
		const kind = Array.isArray(value) ? 'a list' : 'keys of its own';
		report({path, part: 'value', message: `${key} must be a single value, not ${kind}`});
		return undefined;
	}

	return {text: value, from: {path}};
};

/** Each variable that is not set is a problem of its own. */
export const withVariables = (given: Given, {environment, report}: Reading): Given | undefined => {
	if ('answer' in given.from) {
		return given;
	}

	const {text, unset} = expandVariables(given.text, environment);
	for (const name of unset) {
		report({
			path: given.from.path,
			part: 'value',
			message: `the environment variable ${name} is not set or empty`,
			hint: 'set it before cistern starts',
		});
	}

	return unset.length > 0 ? undefined : {...given, text};
};

export const readTexts = (section: Section, key: string, reading: Reading): readonly string[] => {
	const value = section.values.get(key);
	if (value === undefined) {
		return [];
	}

	const path = [...section.path, key];
	if (!Array.isArray(value)) {
		const hint = typeof value === 'string' ? `write [${shorten(value)}]` : 'write [one, two]';
		reading.report({path, part: 'value', message: `${key} must be a list`, hint});
		return [];
	}

	const items: Section = {
		path,
		values: new Map(value.map((item, index) => [String(index), item ?? undefined])),
		unused: [],
	};
	return [...items.values.keys()].flatMap((index) => {
		const given = readText(items, index, reading);
		return given === undefined ? [] : [given.text];
	});
};

export const readYesNo = (section: Section, key: string, reading: Reading): boolean => {
	const given = readText(section, key, reading);
	if (given === undefined || /^(false|no|off|n)$/i.test(given.text)) {
		return false;
	}

	if (!/^(true|yes|on|y)$/i.test(given.text)) {
		const message = `${key} must be true or false, not "${shorten(given.text)}"`;
		reading.report({path: [...section.path, key], part: 'value', message});
	}

	return /^(true|yes|on|y)$/i.test(given.text);
};

/** A value of the file in a message: short, and on one line. */
export const shorten = (text: string): string => {
	const line = text.replaceAll(/\p{C}+/gu, ' ');
	return line.length > 40 ? `${line.slice(0, 39)}…` : line;
};

const isMap = (content: unknown): content is Record<string, unknown> =>
	typeof content === 'object' && content !== null && !Array.isArray(content);

/** Switched off or empty: nothing is lost by its having no effect. */
const isOff = (value: unknown): boolean =>
	value === '' || (typeof value === 'string' && /^(false|no|off)$/i.test(value));
