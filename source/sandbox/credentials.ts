import {randomUUID} from 'node:crypto';
import type {AccessToken, ApiToken, Caller, SandboxAccount, Token} from './model.ts';

type AccountOptions = {
	readonly email: string;
	readonly userName: string;
	readonly displayName?: string;
	/** The workspaces that it is a member of. Default: all. */
	readonly workspaces?: readonly string[];
};

type ApiTokenOptions = Pick<ApiToken, 'account' | 'token' | 'scopes'> & {
	readonly workspaces?: readonly string[];
	readonly expired?: boolean;
};

type AccessTokenOptions = Pick<AccessToken, 'token' | 'kind' | 'scopes' | 'workspace'> & {
	readonly repositories?: readonly string[];
};

/** `app-password`: the kind that Bitbucket removed on 2026-07-28. */
type Identified = Caller | {readonly kind: 'refused'} | {readonly kind: 'app-password'};

/** Works with every API token, whatever its account (Atlassian, "Using API tokens"). */
const anyUser = 'x-bitbucket-api-token-auth';

type Sent = {readonly scheme: 'basic' | 'bearer'; readonly user: string; readonly secret: string};

const readAuthorization = (header: string): Sent | undefined => {
	const [scheme = '', value = ''] = header.split(/ +/, 2);
	if (scheme.toLowerCase() === 'bearer') {
		return {scheme: 'bearer', user: '', secret: value};
	}
	const text = Buffer.from(value, 'base64').toString();
	const colon = text.indexOf(':');
	return scheme.toLowerCase() === 'basic' && colon >= 0
		? {scheme: 'basic', user: text.slice(0, colon), secret: text.slice(colon + 1)}
		: undefined;
};

/** The API takes the account's e-mail as the user, and access tokens only as Bearer. */
const fitsApi = ({scheme, user}: Sent, token: Token): boolean =>
	token.kind === 'api-token'
		? scheme === 'basic' && user.toLowerCase() === token.account.email.toLowerCase()
		: scheme === 'bearer';

/** git takes the Bitbucket user name, or one of two fixed names. */
const fitsGit = ({scheme, user}: Sent, token: Token): boolean =>
	scheme === 'basic' &&
	(token.kind === 'api-token'
		? user === token.account.userName || user === anyUser
		: user === 'x-token-auth');

export type Credentials = ReturnType<typeof createCredentials>;

export const createCredentials = () => {
	const tokens = new Map<string, Token>();

	const add = <Added extends Token>(token: Added): Added => {
		tokens.set(token.token, token);
		return token;
	};

	const identify = (
		header: string | undefined,
		fits: (sent: Sent, token: Token) => boolean,
	): Identified => {
		if (header === undefined) {
			return {kind: 'anonymous'};
		}
		const sent = readAuthorization(header);
		if (sent?.secret.startsWith('ATBB')) {
			return {kind: 'app-password'};
		}
		const token = sent && tokens.get(sent.secret);
		return sent && token && !token.isExpired && fits(sent, token)
			? {kind: 'token', token}
			: {kind: 'refused'};
	};

	return {
		addAccount: ({userName, workspaces, ...rest}: AccountOptions): SandboxAccount => ({
			displayName: userName,
			...rest,
			userName,
			uuid: `{${randomUUID()}}`,
			workspaces,
		}),
		addApiToken: ({workspaces, expired = false, ...rest}: ApiTokenOptions): ApiToken =>
			add({...rest, kind: 'api-token', workspaces, isExpired: expired}),
		addAccessToken: ({repositories, ...rest}: AccessTokenOptions): AccessToken =>
			add({...rest, repositories, isExpired: false}),
		/** The token is unknown from the next request on. */
		revokeToken: (token: string): void => {
			tokens.delete(token);
		},
		identifyForApi: (header: string | undefined) => identify(header, fitsApi),
		identifyForGit: (header: string | undefined) => identify(header, fitsGit),
	};
};
