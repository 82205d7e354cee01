import {type Credential, defaultApiUrl, type Source} from './settings.ts';
import {
	checkApiUrl,
	checkAuthName,
	checkDay,
	checkLfs,
	checkTitle,
	checkType,
	checkWorkspace,
} from './settings-checks.ts';
import {chooseCredential} from './settings-credential.ts';
import {
	type Given,
	lacking,
	problemWith,
	problemWithout,
	type SourceDraft,
} from './settings-draft.ts';
import type {Report} from './settings-problem.ts';
import {type Reading, shorten, withVariables} from './settings-section.ts';

/**
 * What becomes of a source's token. `check`: its password is read. `pending`: its passwordCommand
 * has not run yet. `given`: that command's answer. `unused`: nothing, as only the disk is read.
 */
export type TokenUse =
	| {readonly kind: 'check' | 'pending' | 'unused'}
	| {readonly kind: 'given'; readonly token: Given};

/** A source made from what was given, or undefined after all that is wrong was reported. */
export const makeSource = (
	draft: SourceDraft,
	tokenUse: TokenUse,
	reading: Reading,
): Source | undefined => {
	const {title, name} = draft;
	const isGood = checkValues(draft, reading.report);
	const credential = readCredential(draft, tokenUse, reading);
	return isGood && title !== undefined && name !== undefined && credential !== undefined
		? assemble(draft, title.text, name.text, credential)
		: undefined;
};

const checks = {
	title: checkTitle,
	name: checkWorkspace,
	type: checkType,
	authName: checkAuthName,
	apiAuthName: checkAuthName,
	tokenExpires: checkDay,
	lfs: checkLfs,
	apiUrl: checkApiUrl,
} as const;

const checkedKeys = Object.keys(checks) as (keyof typeof checks)[];

const checkValues = (draft: SourceDraft, report: Report): boolean => {
	const problems = [
		...checkedKeys.flatMap((key) => checkValue(key, draft[key])),
		...(draft.hoster === undefined || isBitbucket(draft.hoster.text)
			? []
			: [problemWith(draft.hoster, unknownHoster(draft.hoster.text), 'did you mean "bitbucket"?')]),
		...(draft.title === undefined
			? [
					{
						path: draft.path,
						part: 'value' as const,
						message: 'title is missing',
						hint: titleHint,
						...lacking(draft, 'title'),
					},
				]
			: []),
		...(draft.name === undefined ? [problemWithout(draft, 'workspace', workspaceHint)] : []),
	];
	problems.forEach(report);
	return problems.length === 0;
};

const checkValue = (key: keyof typeof checks, given: Given | undefined) => {
	const wrong = given === undefined ? undefined : checks[key](given.text);
	return given === undefined || wrong === undefined
		? []
		: [problemWith(given, `${key} "${shorten(given.text)}" ${wrong}`)];
};

const titleHint = "the name of this source's folder";
const workspaceHint = 'the workspace id, the part of the address behind bitbucket.org/';

const isBitbucket = (hoster: string): boolean => hoster.toLowerCase() === 'bitbucket';

const unknownHoster = (hoster: string): string => `unknown hoster "${shorten(hoster)}"`;

const readCredential = (
	draft: SourceDraft,
	tokenUse: TokenUse,
	reading: Reading,
): Credential | undefined => {
	const {password, passwordCommand} = draft;
	if (tokenUse.kind === 'unused') {
		return {kind: 'none'};
	}

	if (password !== undefined && passwordCommand !== undefined) {
		const message = 'there is a password and a passwordCommand';
		reading.report(problemWith(passwordCommand, message, 'keep one of them'));
		return undefined;
	}

	if (tokenUse.kind === 'pending') {
		return {kind: 'none'};
	}

	if (tokenUse.kind === 'given') {
		return chooseCredential(draft, tokenUse.token, reading.report);
	}

	const token = password === undefined ? undefined : withVariables(password, reading);
	return password !== undefined && token === undefined
		? undefined
		: chooseCredential(draft, token, reading.report);
};

const assemble = (
	draft: SourceDraft,
	title: string,
	workspace: string,
	credential: Credential,
): Source => ({
	title,
	type: draft.type?.text === 'user' ? 'user' : 'org',
	workspace,
	credential,
	includeRepos: draft.includeRepos,
	ignoreRepos: draft.ignoreRepos,
	apiUrl: draft.apiUrl?.text.replace(/\/+$/, '') ?? defaultApiUrl,
	lfs: draft.lfs?.text === 'ignore' ? 'ignore' : 'report',
	tokenExpires: draft.tokenExpires?.text,
});
