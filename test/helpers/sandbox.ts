import {onTestFinished} from 'vitest';
import {runGit} from '../../source/sandbox/bare-repository.ts';
import type {ApiToken, SandboxAccount} from '../../source/sandbox/model.ts';
import {
	type Sandbox,
	type SandboxOptions,
	startSandbox,
} from '../../source/sandbox/start-sandbox.ts';

export const readScopes = [
	'read:user:bitbucket',
	'read:workspace:bitbucket',
	'read:repository:bitbucket',
] as const;

/** With them a token may read all metadata. */
export const metadataScopes = [
	...readScopes,
	'read:pullrequest:bitbucket',
	'read:project:bitbucket',
	'read:pipeline:bitbucket',
	'read:webhook:bitbucket',
	'read:snippet:bitbucket',
	'admin:repository:bitbucket',
	'admin:project:bitbucket',
] as const;

export const basic = (user: string, secret: string): string =>
	`Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`;

export type Acme = {
	readonly sandbox: Sandbox;
	readonly account: SandboxAccount;
	readonly token: ApiToken;
	/** GET on a path below `/2.0`, signed in as Ann or with `authorization`; null is anonymous. */
	get(path: string, authorization?: string | null): Promise<Response>;
	/** Runs git with Ann's or another credential, which only the sandbox gets. */
	git(gitArguments: readonly string[], authorization?: string | null): Promise<string>;
};

/** A sandbox with a private workspace `acme` and a token of its member Ann. Closed after the test. */
export const startAcme = async (options: SandboxOptions = {}): Promise<Acme> => {
	const sandbox = await startSandbox(options);
	onTestFinished(() => sandbox.close());
	sandbox.addWorkspace({slug: 'acme', name: 'Acme'});
	const account = sandbox.addAccount({
		email: 'ann@example.com',
		userName: 'ann',
		displayName: 'Ann Example',
	});
	const token = sandbox.addApiToken({account, token: 'ATATT-of-ann', scopes: readScopes});
	return {
		sandbox,
		account,
		token,
		get: (path, authorization = basic(account.email, token.token)) =>
			fetch(sandbox.apiUrl + path, {
				headers: authorization === null ? {} : {authorization},
				redirect: 'manual',
			}),
		git: (gitArguments, authorization = basic(account.userName, token.token)) => {
			const header = `http.${sandbox.origin}/.extraHeader=authorization: ${authorization}`;
			const signIn = authorization === null ? [] : ['-c', header];
			return runGit(process.cwd(), [...signIn, ...gitArguments]);
		},
	};
};
