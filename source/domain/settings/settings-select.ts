import {exitCodes} from '../failure/exit-code.ts';
import {StopError} from '../failure/failure.ts';
import {emptySource, type Given, type SettingsDraft, type SourceDraft} from './settings-draft.ts';
import {type AnswerName, describeAnswer} from './settings-keys.ts';
import {isOtherHoster} from './settings-read.ts';
import {shorten} from './settings-section.ts';
import {suggest} from './suggest.ts';

/** What options and variables say beside the settings file. */
export type GivenAnswers = {readonly [Name in AnswerName]?: string | undefined};

/**
 * The sources of a run, options and variables put over what the file says. A workspace given by
 * option is the file's source for it or, where the file has none, a source of its own with the
 * workspace's name as its title. Throws a StopError where no source can be meant.
 */
export const selectSources = (
	draft: SettingsDraft,
	given: GivenAnswers,
	title: string | undefined,
): readonly SourceDraft[] => {
	const offered = draft.sources.filter((source) => !isOther(source));
	const sources =
		given.workspace === undefined ? offered : findWorkspace(offered, given.workspace, given);
	return answer(title === undefined ? sources : findTitle(draft, sources, title), given);
};

export const isOther = ({hoster}: SourceDraft): boolean => isOtherHoster(hoster?.text);

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
			`The folder "${workspace}" belongs to the workspace ${shorten(taken.name?.text ?? 'of another source')}, says the settings file.`,
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

/** Puts what belongs to one source over it; the address of the API is everybody's. */
const answer = (sources: readonly SourceDraft[], given: GivenAnswers): readonly SourceDraft[] => {
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
			...(takesToken ? {password: token, passwordCommand: undefined} : {}),
		};
	});
};

/** Of several sources, a token given once is for those that name a user and have none themselves. */
const lacksToken = ({authName, apiAuthName, password, passwordCommand}: SourceDraft): boolean =>
	(authName !== undefined || apiAuthName !== undefined) &&
	password === undefined &&
	passwordCommand === undefined;

const toGiven = (name: AnswerName, text: string | undefined): Given | undefined =>
	text === undefined ? undefined : {text, from: {answer: name}};
