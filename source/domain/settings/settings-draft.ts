import {type AnswerName, answers, describeAnswer} from './settings-keys.ts';
import type {SettingPath, SettingsProblem} from './settings-problem.ts';

/** A value as the user gave it, in the settings file or by an option or variable. */
export type Given = {
	readonly text: string;
	readonly from: {readonly path: SettingPath} | {readonly answer: AnswerName};
};

/** A source as it was given: of the right shape, its values not yet checked. */
export type SourceDraft = {
	/** Where it stands in the settings file; undefined where it was given by options alone. */
	readonly path: SettingPath | undefined;
	readonly title: Given | undefined;
	readonly hoster: Given | undefined;
	readonly type: Given | undefined;
	readonly name: Given | undefined;
	readonly authName: Given | undefined;
	readonly apiAuthName: Given | undefined;
	/** Its variables are not yet replaced. */
	readonly password: Given | undefined;
	readonly passwordCommand: Given | undefined;
	readonly tokenExpires: Given | undefined;
	readonly lfs: Given | undefined;
	readonly apiUrl: Given | undefined;
	readonly includeRepos: readonly string[];
	readonly ignoreRepos: readonly string[];
};

export type SettingsDraft = {
	readonly localFolder: Given | undefined;
	readonly concurrency: number | undefined;
	readonly removeDeletedRepos: boolean;
	readonly sources: readonly SourceDraft[];
	/** SCM Backup's keys that are set and change nothing here. */
	readonly unused: readonly string[];
};

export const emptySource: SourceDraft = {
	path: undefined,
	title: undefined,
	hoster: undefined,
	type: undefined,
	name: undefined,
	authName: undefined,
	apiAuthName: undefined,
	password: undefined,
	passwordCommand: undefined,
	tokenExpires: undefined,
	lfs: undefined,
	apiUrl: undefined,
	includeRepos: [],
	ignoreRepos: [],
};

/** A problem with a value, named as the user gave it. */
export const problemWith = (given: Given, message: string, hint?: string): SettingsProblem => ({
	path: 'path' in given.from ? given.from.path : undefined,
	part: 'value',
	message: 'path' in given.from ? message : `${describeAnswer(given.from.answer)}: ${message}`,
	...(hint === undefined ? {} : {hint}),
});

/** A problem with a value that a source lacks, named as it could be given. */
export const problemWithout = (
	source: SourceDraft,
	answer: AnswerName,
	hint: string,
): SettingsProblem => ({
	path: source.path,
	part: 'value',
	message:
		source.path === undefined
			? `${describeAnswer(answer)} is missing`
			: `${answers[answer].key} is missing`,
	hint,
	...lacking(source, answers[answer].key),
});

/** Says which key of a source in the file is missing. */
export const lacking = ({path}: SourceDraft, key: string): Pick<SettingsProblem, 'lacks'> =>
	path === undefined ? {} : {lacks: [...path, key]};
