import {isOtherHoster, parseConcurrency} from '../answers/checks.ts';
import {isJsonObject} from '../json.ts';
import {parseDuration} from '../text/format.ts';
import type {SettingRow} from './setting-row.ts';
import {
	type Report,
	type SettingPath,
	type SettingsProblem,
	shorten,
	suggest,
} from './settings-problem.ts';
import {
	type AnswerName,
	describeAnswer,
	keysOf,
	knownKeys,
	rightPlace,
	rowsOf,
	type SectionName,
	type SettingsRows,
	settingsTable,
} from './settings-table.ts';
import {type Environment, expandVariables} from './variables.ts';

/** A value as the user gave it, in the settings file or by an option or variable. */
export type Given = {
	readonly text: string;
	readonly from: {readonly path: SettingPath} | {readonly answer: AnswerName};
};

/** Reads values and reports problems. A value with a problem is left out. */
export type Reading = {readonly environment: Environment; readonly report: Report};

type ValueOf<Kind extends SettingRow['kind']> = Kind extends 'list'
	? readonly string[]
	: Kind extends 'list-or-none'
		? readonly string[] | 'none'
		: Kind extends 'yes-no'
			? boolean | undefined
			: Kind extends 'count' | 'duration'
				? number | undefined
				: Kind extends 'section'
					? unknown
					: Given | undefined;

export type ValuesOf<Name extends SectionName> = {
	readonly [Key in keyof SettingsRows[Name]]: SettingsRows[Name][Key] extends SettingRow
		? ValueOf<SettingsRows[Name][Key]['kind']>
		: never;
} & {
	readonly [Key in SecretKey<Name> as `${Key}Command` | `${Key}File`]: Given | undefined;
};

type SecretKey<Name extends SectionName> = {
	[Key in keyof SettingsRows[Name] & string]: SettingsRows[Name][Key] extends {isSecret: true}
		? Key
		: never;
}[keyof SettingsRows[Name] & string];

/** A source as it was given: of the right shape, its values not yet checked. */
export type SourceDraft = ValuesOf<'source'> & {
	/** Its place in the settings file; undefined if it was given by options alone. */
	readonly path: SettingPath | undefined;
};

export type SettingsDraft = Omit<ValuesOf<'top'>, 'sources' | 'options'> &
	ValuesOf<'backup'> & {
		readonly sources: readonly SourceDraft[];
		/** Keys of SCM Backup that are set and change nothing here. */
		readonly unused: readonly string[];
	};

/** Checks the shape of a settings file's content and replaces its variables. */
export const readDraft = (content: unknown, reading: Reading): SettingsDraft => {
	const top = readSection(content, [], 'top', reading);
	const options = readSection(top.values.options, ['options'], 'options', reading);
	const backup = readSection(options.values.backup, ['options', 'backup'], 'backup', reading);
	return {
		...top.values,
		...backup.values,
		sources: readSources(top.values.sources, reading),
		unused: [...top.unused, ...options.unused, ...backup.unused],
	};
};

const readSources = (sources: unknown, reading: Reading): readonly SourceDraft[] =>
	readList(sources, 'sources', 'each source begins with "- title: ..."', reading).flatMap(
		(source, index) => (source === null ? [] : [readSource(source, ['sources', index], reading)]),
	);

/** The entries below a key at the top level. Reports content that is no list. */
export const readList = (
	content: unknown,
	key: string,
	hint: string,
	{report}: Reading,
): readonly unknown[] => {
	if (Array.isArray(content)) {
		return content;
	}

	if (content !== undefined && content !== null && content !== '') {
		report({path: [key], part: 'value', message: `${key} must be a list`, hint});
	}

	return [];
};

/** The value that was read, unless something about it was reported. */
export const unlessWrong = <Value>(
	{environment, report}: Reading,
	read: (inner: Reading) => Value,
): Value | undefined => {
	let isWrong = false;
	const value = read({
		environment,
		report: (problem) => {
			isWrong = true;
			report(problem);
		},
	});
	return isWrong ? undefined : value;
};

/** A problem with a value, named as the user gave it. */
export const problemWith = (given: Given, message: string, hint?: string): SettingsProblem => ({
	path: 'path' in given.from ? given.from.path : undefined,
	part: 'value',
	message: 'path' in given.from ? message : `${describeAnswer(given.from.answer)}: ${message}`,
	hint,
});

/**
 * Everything that the rows of a section refuse about its values. `without`: the problem of a key
 * that is missing; `hint`: as its row says it.
 */
export const findProblems = (
	section: SectionName,
	values: Readonly<Record<string, unknown>>,
	without: (key: string, hint: string) => SettingsProblem,
): readonly SettingsProblem[] =>
	rowsOf(section).flatMap(([key, {check, missing}]) => {
		const given = values[key];
		if (given === undefined) {
			return missing === undefined ? [] : [without(key, missing)];
		}

		const wrong = isGiven(given) ? check?.(given.text) : undefined;
		return isGiven(given) && wrong !== undefined
			? [problemWith(given, `${key} "${shorten(given.text)}" ${wrong}`)]
			: [];
	});

/** The problem of a key that is missing in the section at `path`. */
export const missingKey = (key: string, path: SettingPath, hint?: string): SettingsProblem => ({
	path,
	part: 'value',
	message: `${key} is missing`,
	hint,
});

/** Reports everything that the rows of a section refuse, and each key that is missing there. */
export const checkValues = (
	section: SectionName,
	values: Readonly<Record<string, unknown>>,
	path: SettingPath,
	{report}: Reading,
): void =>
	findProblems(section, values, (key, hint) => missingKey(key, path, hint)).forEach(report);

const isGiven = (value: unknown): value is Given =>
	typeof value === 'object' && value !== null && 'from' in value;

const readSource = (content: unknown, path: SettingPath, reading: Reading): SourceDraft => ({
	path,
	...readSection(content, path, 'source', reading).values,
});

export const isOther = ({hoster}: SourceDraft): boolean => isOtherHoster(hoster?.text);

/** The values of one section by the table's rows, and its keys that change nothing here. */
export const readSection = <Name extends SectionName>(
	content: unknown,
	path: SettingPath,
	name: Name,
	reading: Reading,
): {readonly values: ValuesOf<Name>; readonly unused: readonly string[]} => {
	const map = readMap(content, path, name, reading.report);
	const values = keysOf(name).map(([key, kind]) => [
		key,
		readValue(kind, map.get(key), [...path, key], reading),
	]);
	const unused: readonly string[] = settingsTable[name].unused;
	return {
		// Each row's reader returns the type of its kind, which fromEntries cannot express.
		values: Object.fromEntries(values) as ValuesOf<Name>,
		unused: unused
			.filter((key) => map.has(key) && !isOff(map.get(key)))
			.map((key) => [...path, key].join('.')),
	};
};

/** The keys that are set. Reports content that is not a map, and each unknown key. */
const readMap = (
	content: unknown,
	path: SettingPath,
	name: SectionName,
	report: Report,
): ReadonlyMap<string, unknown> => {
	if (!isJsonObject(content)) {
		if (content !== null && content !== undefined) {
			const [first, second] = rowsOf(name);
			report({
				path,
				part: 'value',
				message: `${settingsTable[name].name} must hold keys with values`,
				hint: `such as ${[first, second].flatMap((row) => row?.[0] ?? []).join(' and ')}`,
			});
		}

		return new Map();
	}

	const known = knownKeys(name);
	for (const key of Object.keys(content).filter((each) => !known.includes(each))) {
		reportUnknown(key, [...path, key], name, report);
	}

	return new Map(
		Object.entries(content).filter(([key, value]) => value !== null && known.includes(key)),
	);
};

const reportUnknown = (
	key: string,
	path: SettingPath,
	section: SectionName,
	report: Report,
): void => {
	const place = rightPlace(key, section);
	if (place !== undefined) {
		const message = `"${key}" is in the wrong place`;
		report({path, part: 'key', message, hint: `it belongs ${place}`});
		return;
	}

	const meant = suggest(key, knownKeys(section));
	const hint =
		meant === undefined
			? `known here are ${rowsOf(section)
					.map(([each]) => each)
					.join(', ')}`
			: `did you mean "${meant}"?`;
	report({path, part: 'key', message: `unknown key "${shorten(key)}"`, hint});
};

/** Switched off or empty: the user does not miss an effect. */
const isOff = (value: unknown): boolean =>
	value === '' || (typeof value === 'string' && /^(false|no|off)$/i.test(value));

const readValue = (
	kind: SettingRow['kind'],
	value: unknown,
	path: SettingPath,
	reading: Reading,
): unknown => {
	switch (kind) {
		case 'section':
			return value;
		case 'list':
			return readTexts(value, path, reading);
		case 'list-or-none':
			return value === 'none' ? value : readTexts(value, path, reading);
		case 'yes-no':
			return readYesNo(value, path, reading);
		case 'count':
			return readNumber(value, path, reading, parseConcurrency);
		case 'duration':
			return readNumber(value, path, reading, parseDuration);
		case 'text':
			return readText(value, path, reading);
		case 'password':
			return readRawText(value, path, reading.report);
		case 'command': {
			// An unknown %NAME% may mean something to the shell: date +%Y%m.
			const given = readRawText(value, path, reading.report);
			return given && {...given, text: expandVariables(given.text, reading.environment).text};
		}
	}
};

const readText = (value: unknown, path: SettingPath, reading: Reading): Given | undefined => {
	const given = readRawText(value, path, reading.report);
	return given && withVariables(given, reading);
};

/** A text as it is written. An empty text is the same as none. */
const readRawText = (value: unknown, path: SettingPath, report: Report): Given | undefined => {
	if (value === undefined || value === null || value === '') {
		return undefined;
	}

	if (typeof value !== 'string') {
		const kind = Array.isArray(value) ? 'a list' : 'keys of its own';
		report({path, part: 'value', message: `${path.at(-1)} must be a single value, not ${kind}`});
		return undefined;
	}

	return {text: value, from: {path}};
};

/** Replaces a value's variables and reports each that is not set. */
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

const readTexts = (value: unknown, path: SettingPath, reading: Reading): readonly string[] => {
	if (value === undefined) {
		return [];
	}

	if (!Array.isArray(value)) {
		const hint = typeof value === 'string' ? `write [${shorten(value)}]` : 'write [one, two]';
		reading.report({path, part: 'value', message: `${path.at(-1)} must be a list`, hint});
		return [];
	}

	return value.flatMap((item: unknown, index) => {
		const given = readText(item, [...path, index], reading);
		return given === undefined ? [] : [given.text];
	});
};

/** Undefined where nothing is said. */
const readYesNo = (value: unknown, path: SettingPath, reading: Reading): boolean | undefined => {
	const text = readText(value, path, reading)?.text;
	if (text === undefined) {
		return undefined;
	}

	const isYes = /^(true|yes|on|y)$/i.test(text);
	if (!isYes && !/^(false|no|off|n)$/i.test(text)) {
		const message = `${path.at(-1)} must be true or false, not "${shorten(text)}"`;
		reading.report({path, part: 'value', message});
	}

	return isYes;
};

/** The only count is `concurrency`. A duration is read as milliseconds. */
const readNumber = (
	value: unknown,
	path: SettingPath,
	reading: Reading,
	parse: (text: string) => number | undefined,
): number | undefined => {
	const given = readText(value, path, reading);
	const number = given && parse(given.text);
	if (given !== undefined && number === undefined) {
		const key = String(path.at(-1));
		const complaint = [...rowsOf('top'), ...rowsOf('backup'), ...rowsOf('store')]
			.find(([name]) => name === key)?.[1]
			.check?.(given.text);
		reading.report({path, part: 'value', message: `${key} ${complaint}`});
	}

	return number;
};

/** A source without a value. */
export const emptySource: SourceDraft = {
	...readSource({}, [], {environment: {}, report: () => {}}),
	path: undefined,
};
