import type {Finding} from '../../domain/access/access.ts';
import {holdsScope, type ScopeUse, scopesInUse} from '../../domain/access/access-scopes.ts';
import {type AccessCheck, type AccessFacts, found, refused} from './access-check.ts';

/**
 * A line for each scope that is used: held or missing, and what that means. Bitbucket sends what a
 * token holds with every answer (`x-oauth-scopes`); where it does not, what worked tells.
 */
export const checkScopes = ({source}: AccessCheck, facts: AccessFacts): readonly Finding[] =>
	scopesInUse(source.credential).flatMap((use) => {
		const isHeld = decide(use, facts);
		return isHeld === undefined ? [] : [toFinding(use, isHeld, facts)];
	});

const decide = (use: ScopeUse, {account, proven}: AccessFacts): boolean | undefined => {
	const held = account?.scopes;
	const shown = proven.get(use.scope);
	return held === undefined ? shown : holdsScope(held, use) && shown !== false;
};

const toFinding = (use: ScopeUse, isHeld: boolean, {account}: AccessFacts): Finding => {
	const place = {id: use.scope, label: use.scope.replace(/:bitbucket$/, '')};
	if (isHeld) {
		return found(place, 'ok', 'held');
	}

	if (!use.needed) {
		return found(place, 'attention', 'missing', use.without, ['token']);
	}

	return account?.scopes?.length === 0
		? refused(
				place,
				['token'],
				'missing: this token was made without scopes',
				'Make another one with "Create API token with scopes", not with "Create API token".',
			)
		: refused(place, ['token'], 'missing', use.without);
};
