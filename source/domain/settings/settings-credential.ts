import {isCleanToken, tokenKind, tokenPage} from '../answers/token-kind.ts';
import {type Credential, Secret, tokenGitUser} from './settings.ts';
import {
	type Given,
	lacking,
	problemWith,
	problemWithout,
	type SourceDraft,
} from './settings-draft.ts';
import type {Report} from './settings-problem.ts';

/**
 * How a source signs in, from its names and its token. Undefined after something was reported.
 * Bitbucket wants an API token with the Atlassian e-mail address at its API and with the Bitbucket
 * user name at git; an access token goes without a name (Atlassian, "Using API tokens", "Using
 * access tokens").
 */
export const chooseCredential = (
	source: SourceDraft,
	token: Given | undefined,
	report: Report,
): Credential | undefined => {
	if (token === undefined) {
		return chooseNone(source, report);
	}

	const text = token.text.trim();
	if (!isCleanToken(text)) {
		report(problemWith(token, 'the token holds a space, a line break or the like', copyAgain));
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

const copyAgain = 'copy it again, it is one word';

const useApiToken =
	'Bitbucket switched app passwords off in July 2026. Make an API token with scopes ' +
	`(app Bitbucket, read:repository:bitbucket) at ${tokenPage} and put it here, with your ` +
	'Atlassian e-mail address as apiAuthName';

const unknownKind =
	'the token begins neither like an API token (ATATT) nor like an access token (ATCTT), so it ' +
	'is taken for an API token, and that needs it';

const chooseNone = (source: SourceDraft, report: Report): Credential | undefined => {
	const name = source.authName ?? source.apiAuthName;
	if (name === undefined) {
		return {kind: 'none'};
	}

	const key = source.authName === undefined ? 'apiAuthName' : 'authName';
	const hint =
		'path' in name.from
			? `add password or passwordCommand, or set CISTERN_TOKEN`
			: 'set CISTERN_TOKEN, or pipe the token in with --token-stdin';
	report({
		...problemWith(name, `${key} is given, but no token`, hint),
		...lacking(source, 'password'),
	});
	return undefined;
};

const isEmail = (text: string | undefined): boolean => text?.includes('@') ?? false;

const chooseApiToken = (
	source: SourceDraft,
	token: string,
	report: Report,
	why: string,
): Credential | undefined => {
	const {authName, apiAuthName} = source;
	// Older SCM Backup files have the e-mail address as authName, for both.
	const apiUser = apiAuthName ?? (isEmail(authName?.text) ? authName : undefined);
	if (apiUser === undefined) {
		report(
			problemWithout(source, 'apiAuthName', `${why}: the e-mail address of your Atlassian account`),
		);
		return undefined;
	}

	const gitUser = authName === undefined || isEmail(authName.text) ? tokenGitUser : authName.text;
	return {kind: 'api-token', apiUser: apiUser.text, gitUser, token: new Secret(token)};
};
