import {onlyGiven} from '../given.ts';
import type {SourceDraft} from '../settings/read-settings.ts';
import {Secret, type SourceType, tokenGitUser} from '../settings/settings.ts';
import {type Environment, expandVariables} from '../settings/variables.ts';
import type {Suggestions, TokenPlace} from './wizard-answers.ts';

const oneVariable = /^%([A-Za-z_][A-Za-z0-9_]*)%$/;

/** A source's settings as answers that the wizard proposes. */
export const suggestAnswers = (source: SourceDraft, environment: Environment): Suggestions => {
	const {name, type, authName, apiAuthName, password} = source;
	return onlyGiven({
		workspace: name?.text,
		type: type?.text === 'user' || type?.text === 'org' ? type.text : undefined,
		authName: authName && nameOf(authName.text),
		apiAuthName: apiAuthName?.text,
		token: readToken(password?.text, environment),
		tokenPlace: findPlace(source),
	});
};

/** A user with the name that works for every token does not know their own name. */
const nameOf = (authName: string): string => (authName === tokenGitUser ? '' : authName);

const readToken = (text: string | undefined, environment: Environment): Secret | undefined => {
	const expanded = text === undefined ? undefined : expandVariables(text, environment);
	return expanded === undefined || expanded.unset.length > 0
		? undefined
		: new Secret(expanded.text);
};

const findPlace = ({password, passwordCommand}: SourceDraft): TokenPlace | undefined => {
	if (passwordCommand !== undefined) {
		return {kind: 'keychain', command: passwordCommand.text.trim().split(/\s/)[0] ?? ''};
	}

	if (password === undefined) {
		return undefined;
	}

	const variable = oneVariable.exec(password.text)?.[1];
	return variable === undefined ? {kind: 'file'} : {kind: 'environment', variable};
};

/** A variable for a token that no source uses yet. */
export const proposeVariable = (sources: readonly SourceDraft[]): string => {
	const used = sources.map(({password}) => password?.text ?? '').join(' ');
	let variable = 'BITBUCKET_TOKEN';
	for (let number = 2; used.includes(`%${variable}%`); number += 1) {
		variable = `BITBUCKET_TOKEN_${number}`;
	}

	return variable;
};

/**
 * The id of a personal workspace is its owner's user name (SCM Backup's documentation,
 * "Bitbucket"), so a workspace named after the user is probably personal.
 */
export const likelyType = (
	workspace: string,
	names: readonly (string | undefined)[],
): SourceType =>
	names.some((name) => name !== undefined && localPart(name) === workspace.toLowerCase())
		? 'user'
		: 'org';

const localPart = (name: string): string => (name.split('@')[0] ?? '').toLowerCase();
