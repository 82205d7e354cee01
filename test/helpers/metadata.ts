import {spawnSync} from 'node:child_process';
import {existsSync} from 'node:fs';
import {Secret, type Source} from '../../source/domain/settings/settings.ts';
import type {ApiToken, SandboxAccount} from '../../source/sandbox/model.ts';
import type {Sandbox} from '../../source/sandbox/start-sandbox.ts';
import {readLooseFile} from './loose-objects.ts';
import {readDirectRefs} from './ref-files.ts';

const token = 'ATATT3xFfGF0-of-bo-for-metadata';

export const metadataScopes = [
	'read:repository:bitbucket',
	'read:workspace:bitbucket',
	'read:user:bitbucket',
	'read:pullrequest:bitbucket',
];

/** Those that settings need, administration included. */
export const settingsScopes = [
	...metadataScopes,
	'read:project:bitbucket',
	'read:pipeline:bitbucket',
	'read:webhook:bitbucket',
	'read:snippet:bitbucket',
	'admin:repository:bitbucket',
	'admin:project:bitbucket',
];

/** A member of the workspace whose token may read pull requests. */
export const addReader = (
	sandbox: Sandbox,
	scopes: readonly string[] = metadataScopes,
): {
	readonly account: SandboxAccount;
	readonly token: ApiToken;
	readonly source: Partial<Source>;
} => {
	const account = sandbox.addAccount({
		email: 'bo@example.com',
		userName: 'bo',
		displayName: 'Bo Example',
	});
	const added = sandbox.addApiToken({account, token, scopes});
	return {
		account,
		token: added,
		source: {
			credential: {
				kind: 'api-token',
				apiUser: 'bo@example.com',
				gitUser: 'bo',
				token: new Secret(token),
			},
			ofParts: {metadata: 'true'},
		},
	};
};

/** A file of saved metadata as of the newest commit; undefined where there is none. */
export const readSaved = (mirror: string, path: string): unknown => {
	const tip = existsSync(mirror) ? readDirectRefs(mirror).get('refs/heads/main') : undefined;
	const loose = tip && readLooseFile(mirror, tip, path);
	const text = loose ?? showFile(mirror, path);
	return text === undefined ? undefined : JSON.parse(text);
};

/** By git, which finds packed objects too. */
const showFile = (mirror: string, path: string): string | undefined => {
	const {status, stdout} = spawnSync('git', ['-C', mirror, 'show', `main:${path}`], {
		encoding: 'utf8',
	});
	return status === 0 ? stdout : undefined;
};

export const pullRequestPath = (id: number, file: string): string =>
	`pull-requests/${String(Math.floor(id / 100) * 100).padStart(6, '0')}/${id}/${file}.json`;

/** Requests of the API for metadata that the sandbox answered, of its log from an index on. */
export const countMetadataRequests = (sandbox: Sandbox, from = 0): number =>
	sandbox.requests.slice(from).filter(({path}) => /\/pullrequests/.test(path)).length;
