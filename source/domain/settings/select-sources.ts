import {exitCodes} from '../failure/exit-code.ts';
import {StopError} from '../failure/failure.ts';
import {
	emptySource,
	type Given,
	isOther,
	type SettingsDraft,
	type SourceDraft,
} from './read-settings.ts';
import {waysOf} from './secret.ts';
import {type Source, tokenGitUser} from './settings.ts';
import {shorten, suggest} from './settings-problem.ts';
import {type AnswerName, describeAnswer} from './settings-table.ts';
import {isOnlyVariables} from './variables.ts';

/** The values of options and variables. */
type GivenAnswers = {readonly [Name in AnswerName]?: string | undefined};

/**
 * The sources of a run, with options and variables put over the file's values. A workspace given by
 * option is the file's source for it or, if the file has none, a new source with the workspace's
 * name as its title. Throws a StopError if no source fits.
 */
export const selectSources = (
	draft: SettingsDraft,
	given: GivenAnswers,
	title: string | undefined,
): readonly SourceDraft[] => {
	const offered = draft.sources.filter((source) => !isOther(source));
	const sources =
		given.workspace === undefined ? offered : findWorkspace(offered, given.workspace, given);
	return putOver(title === undefined ? sources : findTitle(draft, sources, title), given);
};

const isEqual = (left: string | undefined, right: string): boolean =>
	left?.toLowerCase() === right.toLowerCase();

const findWorkspace = (
	sources: readonly SourceDraft[],
	workspace: string,
	given: GivenAnswers,
): readonly SourceDraft[] => {
	const same = sources.filter(({name}) => isEqual(name?.text, workspace));
	if (same.length > 0) {
		return same;
	}

	const taken = sources.find(({title}) => isEqual(title?.text, workspace));
	if (taken !== undefined && given.folder === undefined) {
		throw new StopError(
			`The folder "${workspace}" belongs to the workspace ${shorten(taken.name?.text ?? 'of another source')} in the settings file.`,
			{advice: `Give ${workspace} a source with a title of its own there, or another --folder.`},
		);
	}

	const value: Given = {text: workspace, from: {answer: 'workspace'}};
	return [{...emptySource, title: value, name: value}];
};

const findTitle = (
	draft: SettingsDraft,
	sources: readonly SourceDraft[],
	title: string,
): readonly SourceDraft[] => {
	const found = sources.filter((source) => isEqual(source.title?.text, title));
	if (found.length > 0) {
		return found;
	}

	const other = draft.sources.find(
		(source) => isOther(source) && isEqual(source.title?.text, title),
	);
	if (other !== undefined) {
		throw new StopError(
			`The source "${title}" is of ${shorten(other.hoster?.text ?? 'another hoster')}; Cistern backs up Bitbucket only.`,
			{exitCode: exitCodes.usage},
		);
	}

	const titles = sources.flatMap((source) => source.title?.text ?? []);
	const meant = suggest(title, titles);
	throw new StopError(
		`There is no source "${shorten(title)}"${meant === undefined ? '' : `: did you mean "${meant}"?`}`,
		{
			exitCode: exitCodes.usage,
			...(titles.length > 0 ? {advice: `The sources are ${titles.map(shorten).join(', ')}.`} : {}),
		},
	);
};

/** Puts the given values over the sources. Only the API's address may go over several. */
const putOver = (sources: readonly SourceDraft[], given: GivenAnswers): readonly SourceDraft[] => {
	const personal = (['type', 'authName', 'apiAuthName'] as const).filter(
		(name) => given[name] !== undefined,
	);
	const [first] = personal;
	if (sources.length > 1 && first !== undefined) {
		throw new StopError(
			`${describeAnswer(first)} belongs to one source, and there are ${sources.length}.`,
			{advice: 'Choose one with --source TITLE.', exitCode: exitCodes.usage},
		);
	}

	return sources.map((source) => {
		const over = Object.fromEntries(
			[...personal, 'apiUrl' as const].flatMap((name) => {
				const value = toGiven(name, given[name]);
				return value === undefined ? [] : [[name, value]];
			}),
		);
		const token = toGiven('token', given.token);
		const takesToken = token !== undefined && (sources.length === 1 || lacksToken(source));
		return {
			...source,
			...over,
			...(takesToken ? {password: token, passwordCommand: undefined, passwordFile: undefined} : {}),
		};
	});
};

/** With several sources, a given token is for those that name a user and have no token. */
const lacksToken = (source: SourceDraft): boolean =>
	(source.authName !== undefined || source.apiAuthName !== undefined) &&
	waysOf(source, 'password').length === 0;

const toGiven = (name: AnswerName, text: string | undefined): Given | undefined =>
	text === undefined ? undefined : {text, from: {answer: name}};

/** Warnings about the file as a whole. `file` is its path. */
export const noticeFile = (
	draft: SettingsDraft,
	file: string,
	isReadableByOthers: boolean,
): readonly string[] => {
	const others = draft.sources.filter(isOther);
	const holdsToken = draft.sources.some(
		({password}) => password !== undefined && !isOnlyVariables(password.text),
	);
	return [
		...(draft.unused.length > 0
			? [`${draft.unused.join(', ')} in the settings: SCM Backup's, without effect here.`]
			: []),
		...others.map(
			({title, hoster}) =>
				`The source ${shorten(title?.text ?? '')} is of ${shorten(hoster?.text ?? '')} and is not backed up: Cistern knows Bitbucket only.`,
		),
		...(holdsToken && isReadableByOthers
			? [`Other users of this machine can read the token in ${file}. Repair it: chmod 600 ${file}`]
			: []),
	];
};

/** Warnings about a source, printed at every run. `today` is a day such as `2026-11-23`. */
export const noticeSource = (
	source: Source,
	draft: SourceDraft | undefined,
	today: string,
): readonly string[] => [
	...noticeCredential(source, draft),
	...noticeCase(source, draft),
	...noticeType(source, draft),
	...noticeExpiry(source, today),
];

const noticeCredential = ({title, credential}: Source, draft?: SourceDraft): readonly string[] => {
	if (credential.kind === 'none') {
		return [`${title}: without a token only public repositories are seen and backed up.`];
	}

	const apiName = draft?.apiAuthName?.text;
	return credential.kind === 'api-token' && apiName !== undefined && !apiName.includes('@')
		? [
				`${title}: apiAuthName "${apiName}" is no e-mail address; Bitbucket's API wants the one of your Atlassian account.`,
			]
		: [];
};

const noticeCase = ({title, workspace}: Source, draft?: SourceDraft): readonly string[] => {
	const name = draft?.name?.text;
	return name === undefined || name === workspace
		? []
		: [
				`${title}: the ids of workspaces are lower case, so "${workspace}" is asked for in place of "${name}".`,
			];
};

/** A personal workspace has its owner's user name, unless one of them was renamed. */
const noticeType = (
	{title, type, workspace}: Source,
	draft: SourceDraft | undefined,
): readonly string[] => {
	const name = draft?.authName?.text;
	return type === 'user' &&
		name !== undefined &&
		name !== tokenGitUser &&
		!name.includes('@') &&
		name.toLowerCase() !== workspace.toLowerCase()
		? [
				`${title}: type user means that the workspace has the user's name, but name is "${workspace}" and authName "${name}". If that is right, write type org.`,
			]
		: [];
};

/** Days before its end from which on a token is warned of. */
const warnFrom = 30;

/** Days until a token expires; undefined while a warning is not due. Takes days: `2027-03-01`. */
export const daysLeft = (tokenExpires: string | undefined, today: string): number | undefined => {
	const days = Math.round((Date.parse(tokenExpires ?? '') - Date.parse(today)) / 86_400_000);
	return days <= warnFrom ? days : undefined;
};

const noticeExpiry = ({title, tokenExpires}: Source, today: string): readonly string[] => {
	const days = daysLeft(tokenExpires, today);
	if (days === undefined) {
		return [];
	}

	if (days < 0) {
		return [
			`${title}: its token expired on ${tokenExpires} according to the settings. Make a new one, and change tokenExpires with it.`,
		];
	}

	const when = days === 0 ? 'today' : days === 1 ? 'tomorrow' : `in ${days} days`;
	return [
		`${title}: its token expires ${when} (${tokenExpires}). Make a new one in time, and change tokenExpires with it.`,
	];
};
