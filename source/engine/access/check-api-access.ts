import type {Finding} from '../../domain/access/access.ts';
import {type Credential, tokenGitUser} from '../../domain/settings/settings.ts';
import {toExcerpt, toPrintable} from '../../domain/text/printable-text.ts';
import type {Account} from '../../ports/bitbucket.ts';
import {
	type AccessCheck,
	found,
	type ProvenScopes,
	refused,
	tryOnce,
	unreachable,
} from './access-check.ts';
import {probeGit} from './probe-git.ts';

const place = {id: 'api', label: 'Sign-in to the API'};

export type ApiAccess = {
	readonly finding: Finding;
	readonly account: Account | undefined;
	readonly proven: ProvenScopes;
};

/** Does the API take the credential, and whose is it? */
export const checkApiAccess = async (check: AccessCheck): Promise<ApiAccess> => {
	const {source, bitbucket, signal, begin} = check;
	const nothing = {account: undefined, proven: new Map()};
	if (source.credential.kind === 'none') {
		const consequence = 'Private repositories are neither seen nor saved.';
		return {...nothing, finding: found(place, 'ok', 'none, only what is public', consequence)};
	}

	begin(place.id, place.label);
	const answer = await tryOnce(() => bitbucket.readAccount(signal));
	if (answer.ok) {
		const text = describeAccount(answer.value, source.credential);
		const finding = found(place, 'ok', text);
		return {finding, account: answer.value, proven: proveUserScope(answer.value)};
	}

	const {failure} = answer;
	if (failure.kind === 'credentials-refused') {
		return {...nothing, finding: await explainRefusal(check)};
	}

	if (failure.kind === 'forbidden') {
		const text = `refused: ${toExcerpt(failure.message)}`;
		const consequence = 'This token may not use the API. Make one as the page for it says.';
		return {...nothing, finding: refused(place, ['token'], text, consequence)};
	}

	return {...nothing, finding: unreachable(place, failure)};
};

const describeAccount = (account: Account, credential: Credential): string => {
	if (credential.kind !== 'api-token') {
		return 'an access token';
	}

	const name = account.displayName ?? account.userName;
	const as = `as ${toPrintable(credential.apiUser)}`;
	return name === undefined ? as : `${toPrintable(name)}, ${as}`;
};

/** The account's own data came only where the scope for it is held. */
const proveUserScope = ({kind, displayName, userName}: Account): ProvenScopes =>
	kind === 'user'
		? new Map([['read:user:bitbucket', (displayName ?? userName) !== undefined]])
		: new Map();

/**
 * A wrong e-mail address and a bad token get the same answer from the API. Git takes another name
 * for the same token, so it can tell them apart.
 */
const explainRefusal = async (check: AccessCheck): Promise<Finding> => {
	const {credential} = check.source;
	if (credential.kind !== 'api-token') {
		const consequence = 'The token was mistyped, has expired or was revoked.';
		return refused(place, ['token'], 'the access token was refused', consequence);
	}

	const text = `refused for ${toPrintable(credential.apiUser)}`;
	switch (await probeGit(check, tokenGitUser)) {
		case 'accepted':
			return refused(
				place,
				['apiAuthName', 'token'],
				text,
				'Git takes this token, so the e-mail address is the likely cause. It is the one of your Atlassian account, not another one that reaches you.',
			);
		case 'refused':
			return refused(
				place,
				['token', 'apiAuthName'],
				text,
				'Git refuses the token as well, so the token is the likely cause: mistyped, expired, revoked, or made without scopes.',
			);
		default:
			return refused(
				place,
				['token', 'apiAuthName'],
				text,
				'Bitbucket does not say which of the two is wrong, the token or the e-mail address.',
			);
	}
};
