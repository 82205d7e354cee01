import type {Given, SettingsDraft, SourceDraft} from './settings-draft.ts';
import type {SettingPath} from './settings-problem.ts';
import {
	type Reading,
	readRawText,
	readSection,
	readText,
	readTexts,
	readYesNo,
	type Section,
} from './settings-section.ts';
import {suggest} from './suggest.ts';
import {expandVariables} from './variables.ts';

/** A settings file's content, not yet trusted: its shape is checked, its variables are replaced. */
export const readDraft = (content: unknown, reading: Reading): SettingsDraft => {
	const {report} = reading;
	const top = readSection(content, [], 'top', report);
	const options = readSection(top.values.get('options'), ['options'], 'options', report);
	const backup = readSection(options.values.get('backup'), ['options', 'backup'], 'backup', report);
	return {
		localFolder: readText(top, 'localFolder', reading),
		concurrency: readConcurrency(top, reading),
		removeDeletedRepos: readYesNo(backup, 'removeDeletedRepos', reading),
		sources: readSources(top, reading),
		unused: [top, options, backup].flatMap(({path, unused}) =>
			unused.map((key) => [...path, key].join('.')),
		),
	};
};

const mostTransfers = 64;

const readConcurrency = (top: Section, reading: Reading): number | undefined => {
	const given = readText(top, 'concurrency', reading);
	const concurrency = given === undefined ? undefined : parseConcurrency(given.text);
	if (given !== undefined && concurrency === undefined) {
		const message = `concurrency must be a whole number from 1 to ${mostTransfers}`;
		reading.report({path: ['concurrency'], part: 'value', message});
	}

	return concurrency;
};

/** How many git transfers may run at once, 1 to 64; undefined for any other text. */
export const parseConcurrency = (text: string): number | undefined => {
	const number = /^\d{1,4}$/.test(text) ? Number(text) : 0;
	return number >= 1 && number <= mostTransfers ? number : undefined;
};

const readSources = (top: Section, reading: Reading): readonly SourceDraft[] => {
	const sources = top.values.get('sources');
	if (sources === undefined || sources === '') {
		return [];
	}

	if (!Array.isArray(sources)) {
		const message = 'sources must be a list';
		reading.report({
			path: ['sources'],
			part: 'value',
			message,
			hint: 'each source begins with "- title: ..."',
		});
		return [];
	}

	return sources.flatMap((source: unknown, index) =>
		source === null ? [] : [readSource(source, ['sources', index], reading)],
	);
};

const readSource = (content: unknown, path: SettingPath, reading: Reading): SourceDraft => {
	const section = readSection(content, path, 'source', reading.report);
	const text = (key: string) => readText(section, key, reading);
	return {
		path,
		title: text('title'),
		hoster: text('hoster'),
		type: text('type'),
		name: text('name'),
		authName: text('authName'),
		apiAuthName: text('apiAuthName'),
		password: readRawText(section, 'password', reading.report),
		passwordCommand: readCommand(section, reading),
		tokenExpires: text('tokenExpires'),
		lfs: text('lfs'),
		apiUrl: text('apiUrl'),
		includeRepos: readTexts(section, 'includeRepos', reading),
		ignoreRepos: readTexts(section, 'ignoreRepos', reading),
	};
};

/** What is no variable that is set may mean something to the shell: `date +%Y%m`. */
const readCommand = (section: Section, {environment, report}: Reading): Given | undefined => {
	const given = readRawText(section, 'passwordCommand', report);
	return given && {...given, text: expandVariables(given.text, environment).text};
};

/** A hoster that is neither Bitbucket nor nearly spelt like it. */
export const isOtherHoster = (hoster: string | undefined): boolean =>
	hoster !== undefined && hoster !== '' && suggest(hoster, ['bitbucket']) === undefined;
