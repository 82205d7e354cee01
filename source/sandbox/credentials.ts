import {randomUUID} from 'node:crypto';
import type {AccessToken, ApiToken, Caller, SandboxAccount, Token} from './model.ts';

export type AccountOptions = {
	readonly email: string;
	readonly userName: string;
	readonly displayName?: string;
	readonly uuid?: string;
	/** Workspaces it is a member of; all of them where this is left out. */
	readonly workspaces?: readonly string[];
};

export type ApiTokenOptions = {
	readonly account: SandboxAccount;
	readonly token: string;
	readonly scopes: readonly string[];
	readonly workspaces?: readonly string[];
	readonly expired?: boolean;
};

export type AccessTokenOptions = {
	readonly token: string;
	readonly kind: AccessToken['kind'];
	readonly scopes: readonly string[];
	readonly workspace: string;
	readonly repositories?: readonly string[];
	readonly expired?: boolean;
};

/** `app-password`: of the kind that Bitbucket removed on 2026-07-28. */
export type Identified = Caller | {readonly kind: 'refused'} | {readonly kind: 'app-password'};

export type Credentials = {
	addAccount(options: AccountOptions): SandboxAccount;
	addApiToken(options: ApiTokenOptions): ApiToken;
	addAccessToken(options: AccessTokenOptions): AccessToken;
	/** Unknown from the next request on. */
	revokeToken(token: string): void;
	identifyForApi(authorization: string | undefined): Identified;
	identifyForGit(authorization: string | undefined): Identified;
};

/** Works for every API token, whoever owns it (Atlassian, "Using API tokens"). */
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

/** The API wants the account's e-mail, and access tokens as Bearer only. */
const fitsApi = ({scheme, user}: Sent, token: Token): boolean =>
	token.kind === 'api-token'
		? scheme === 'basic' && user.toLowerCase() === token.account.email.toLowerCase()
		: scheme === 'bearer';

/** Git wants the Bitbucket user name, or one of two names that stand for any. */
const fitsGit = ({scheme, user}: Sent, token: Token): boolean =>
	scheme === 'basic' &&
	(token.kind === 'api-token'
		? user === token.account.userName || user === anyUser
		: user === 'x-token-auth');

export const createCredentials = (): Credentials => {
	const tokens = new Map<string, Token>();

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
		addAccount: ({email, userName, displayName = userName, uuid = randomUUID(), workspaces}) => ({
			email,
			userName,
			displayName,
			uuid: uuid.startsWith('{') ? uuid : `{${uuid}}`,
			workspaces,
		}),
		addApiToken: ({account, token, scopes, workspaces, expired = false}) => {
			const added: ApiToken = {
				kind: 'api-token',
				token,
				account,
				scopes,
				workspaces,
				isExpired: expired,
			};
			tokens.set(token, added);
			return added;
		},
		addAccessToken: ({token, kind, scopes, workspace, repositories, expired = false}) => {
			const added: AccessToken = {
				kind,
				token,
				scopes,
				workspace,
				repositories,
				isExpired: expired,
			};
			tokens.set(token, added);
			return added;
		},
		revokeToken: (token) => {
			tokens.delete(token);
		},
		identifyForApi: (header) => identify(header, fitsApi),
		identifyForGit: (header) => identify(header, fitsGit),
	};
};
