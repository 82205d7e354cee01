import {findTokenWrapping} from '../answers/checks.ts';
import {isCleanToken, tokenKind, tokenPage} from '../answers/token-kind.ts';
import type {PartSettings} from '../record/gap.ts';
import {
	findProblems,
	type Given,
	problemWith,
	type Reading,
	type SourceDraft,
	withVariables,
} from './read-settings.ts';
import {onlyWay, waysOf} from './secret.ts';
import {type Credential, defaultApiUrl, Secret, type Source, tokenGitUser} from './settings.ts';
import type {Report, SettingsProblem} from './settings-problem.ts';
import {answers, rowsOf, type SourceKey} from './settings-table.ts';

/**
 * How a source's token is used. `check`: its password is read. `pending`: its passwordCommand or
 * passwordFile has not been read yet. `given`: what came out of it. `unused`: only the disk is read.
 */
export type TokenUse =
	| {readonly kind: 'check' | 'pending' | 'unused'}
	| {readonly kind: 'given'; readonly token: Given};

/** Makes a source, or reports all its problems and returns undefined. */
export const makeSource = (
	draft: SourceDraft,
	tokenUse: TokenUse,
	reading: Reading,
): Source | undefined => {
	const {title, name} = draft;
	const problems = findProblems('source', draft, (key, hint) =>
		problemWithout(draft, key as SourceKey, hint),
	);
	problems.forEach(reading.report);
	const credential = readCredential(draft, tokenUse, reading);
	if (
		problems.length > 0 ||
		title === undefined ||
		name === undefined ||
		credential === undefined
	) {
		return undefined;
	}

	return {
		title: title.text,
		type: draft.type?.text === 'user' ? 'user' : 'org',
		// Ids are lower case at Bitbucket, which does not find one in capitals.
		workspace: name.text.toLowerCase(),
		credential,
		includeRepos: draft.includeRepos,
		ignoreRepos: draft.ignoreRepos,
		apiUrl: draft.apiUrl?.text.replace(/\/+$/, '') ?? defaultApiUrl,
		ofParts: readPartSettings(draft),
		tokenExpires: draft.tokenExpires?.text,
	};
};

/** Settings that are a part's own, as far as the source says them. */
export const readPartSettings = (draft: SourceDraft): PartSettings =>
	Object.fromEntries(
		rowsOf('source').flatMap(([key, {isOfPart}]) => {
			const given = isOfPart ? draft[key as SourceKey] : undefined;
			if (typeof given === 'boolean') {
				return [[key, String(given)]];
			}

			return given !== undefined && 'text' in given ? [[key, given.text]] : [];
		}),
	);

/** A problem with a value that a source lacks, named as it could be given. */
const problemWithout = (source: SourceDraft, key: SourceKey, hint: string): SettingsProblem => {
	const option = Object.values(answers).find((answer) => answer.key === key);
	const name =
		source.path === undefined && option !== undefined
			? `${option.option} (${option.variable})`
			: key;
	return {
		path: source.path,
		part: 'value',
		message: `${name} is missing`,
		hint,
		...lacking(source, key),
	};
};

const lacking = ({path}: SourceDraft, key: SourceKey): Pick<SettingsProblem, 'lacks'> =>
	path === undefined ? {} : {lacks: [...path, key]};

/** Reports two sources with one title, which would share a folder; if case is ignored, also those that differ only in case. */
export const reportTitles = (sources: readonly SourceDraft[], report: Report): void => {
	const seen = new Map<string, string>();
	for (const {title} of sources) {
		const earlier = title && seen.get(title.text.toLowerCase());
		if (title !== undefined && earlier !== undefined) {
			const message =
				earlier === title.text
					? `the title "${title.text}" is taken by an earlier source`
					: `the title "${title.text}" differs only in case from "${earlier}"`;
			report(problemWith(title, message, 'each names a folder, so give each its own'));
		}

		if (title !== undefined) {
			seen.set(title.text.toLowerCase(), title.text);
		}
	}
};

const readCredential = (
	draft: SourceDraft,
	tokenUse: TokenUse,
	reading: Reading,
): Credential | undefined => {
	if (tokenUse.kind === 'unused') {
		return {kind: 'none'};
	}

	if (waysOf(draft, 'password').length > 1) {
		onlyWay(draft, 'password', reading.report);
		return undefined;
	}

	if (tokenUse.kind === 'pending') {
		return {kind: 'none'};
	}

	if (tokenUse.kind === 'given') {
		return chooseCredential(draft, tokenUse.token, reading.report);
	}

	const {password} = draft;
	const token = password && withVariables(password, reading);
	return password !== undefined && token === undefined
		? undefined
		: chooseCredential(draft, token, reading.report);
};

/**
 * How a source signs in, from its names and its token. Bitbucket wants an API token with the
 * Atlassian e-mail address at its API and with the Bitbucket user name at git; an access token
 * goes without a name (Atlassian, "Using API tokens", "Using access tokens").
 */
const chooseCredential = (
	source: SourceDraft,
	token: Given | undefined,
	report: Report,
): Credential | undefined => {
	if (token === undefined) {
		return chooseNone(source, report);
	}

	const text = token.text.trim();
	const wrapping = findTokenWrapping(text);
	if (wrapping !== undefined) {
		report(problemWith(token, `the token ${wrapping}`));
		return undefined;
	}

	if (!isCleanToken(text)) {
		const hint = 'copy it again, it is one word';
		report(problemWith(token, 'the token contains a space, a line break or the like', hint));
		return undefined;
	}

	switch (tokenKind(text)) {
		case 'app-password':
			report(problemWith(token, 'this is an app password', useApiToken));
			return undefined;
		case 'access-token':
			return {kind: 'access-token', token: new Secret(text)};
		case 'api-token':
			return chooseApiToken(source, text, report, 'an API token needs it');
		case 'unknown':
			return chooseApiToken(source, text, report, unknownKind);
	}
};

const useApiToken =
	'Bitbucket switched app passwords off in July 2026. Make an API token with scopes ' +
	`(app Bitbucket, read:repository:bitbucket) at ${tokenPage} and put it here, with your ` +
	'Atlassian e-mail address as apiAuthName';

const unknownKind =
	'the token begins neither like an API token (ATATT) nor like an access token (ATCTT), so it ' +
	'is used as an API token, and an API token needs it';

/** A source without names and token sees public repositories. Names without a token are a mistake. */
const chooseNone = (source: SourceDraft, report: Report): Credential | undefined => {
	const name = source.authName ?? source.apiAuthName;
	if (name === undefined) {
		return {kind: 'none'};
	}

	const key = source.authName === undefined ? 'apiAuthName' : 'authName';
	const hint =
		'path' in name.from
			? 'add password, passwordCommand or passwordFile, or set CISTERN_TOKEN'
			: 'set CISTERN_TOKEN, or pipe the token in with --token-stdin';
	report({
		...problemWith(name, `${key} is given, but no token`, hint),
		...lacking(source, 'password'),
	});
	return undefined;
};

const chooseApiToken = (
	source: SourceDraft,
	token: string,
	report: Report,
	why: string,
): Credential | undefined => {
	const {authName, apiAuthName} = source;
	// Older SCM Backup files use the e-mail address as authName, for the API and for git.
	const apiUser = apiAuthName ?? (isEmail(authName) ? authName : undefined);
	if (apiUser === undefined) {
		const hint = `${why}: the e-mail address of your Atlassian account`;
		report(problemWithout(source, 'apiAuthName', hint));
		return undefined;
	}

	const gitUser = authName === undefined || isEmail(authName) ? tokenGitUser : authName.text;
	return {kind: 'api-token', apiUser: apiUser.text, gitUser, token: new Secret(token)};
};

const isEmail = (given: Given | undefined): boolean => given?.text.includes('@') ?? false;
