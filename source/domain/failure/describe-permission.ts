import {tokenPage} from '../answers/token-kind.ts';
import type {FailureText} from './describe-failure.ts';
import type {Endpoint} from './failure.ts';

/** What Cistern needs a scope for, by the names of API tokens and by the older ones. */
const purposes: Readonly<Record<string, string>> = {
	'read:repository:bitbucket': 'to list and clone repositories',
	'read:workspace:bitbucket': 'to look at the workspace',
	'read:project:bitbucket': 'to look at projects',
	'read:user:bitbucket': 'to know who signs in',
	repository: 'to list and clone repositories',
	project: 'to look at projects',
	account: 'to know who signs in and to look at the workspace',
};

const readRepository = 'read:repository:bitbucket';

/** A token cannot be given another scope afterwards, so a new one is always the way out. */
export const describePermission = (required: readonly string[], door: Endpoint): FailureText => {
	if (required.length === 0) {
		const act = door === 'git' ? 'clone this repository' : 'do this';
		return {
			what: `the token is not allowed to ${act}`,
			advice: `It most likely lacks the scope ${readRepository}. cistern check says which it holds. ${howToMake([readRepository])}`,
		};
	}

	return {
		what: `the token lacks ${required.length === 1 ? 'the scope' : 'the scopes'} ${required.map(withPurpose).join(', ')}`,
		advice: howToMake(required),
	};
};

const withPurpose = (scope: string): string =>
	Object.hasOwn(purposes, scope) ? `${scope} (${purposes[scope]})` : scope;

/** API tokens name their scopes `read:x:bitbucket`; access tokens, made elsewhere, just `x`. */
const howToMake = (required: readonly string[]): string => {
	const isApiToken = required.some((scope) => scope.endsWith(':bitbucket'));
	const place = isApiToken
		? `at ${tokenPage}`
		: 'in the settings of the repository, project or workspace that the token is for';
	return `The scopes of a token are fixed when it is made: make a new one ${place}, with ${required.join(' and ')} ticked, then run cistern setup.`;
};
