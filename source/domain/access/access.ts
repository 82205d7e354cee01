import {type ExitCode, exitCodes} from '../failure/exit-code.ts';
import type {Credential} from '../settings/settings.ts';

/** A setting that may have caused a refusal. */
export type Suspect = 'workspace' | 'authName' | 'apiAuthName' | 'token';

/** One result of the live check, as the screen and the JSON show it. */
export type AccessLine = {
	/** `api`, `workspace`, `git`, or the name of a scope or a part. A later line with the same id replaces it. */
	readonly id: string;
	/** Subject of the step, in two or three words. */
	readonly label: string;
	readonly state: 'running' | 'ok' | 'attention' | 'failed';
	/** Result, on one line. */
	readonly text: string;
	/** Consequence and advice: sentences. */
	readonly consequence: string | undefined;
};

/**
 * `good`: all works. `limited`: it works, but something useful is missing. `unreachable`: Bitbucket
 * or the workspace could not be asked, which proves nothing about the credentials. `refused`: the
 * credentials were refused or lack a permission that is needed.
 */
type Verdict = 'good' | 'limited' | 'unreachable' | 'refused';

export type AccessReport = {
	readonly lines: readonly AccessLine[];
	readonly verdict: Verdict;
	/** Settings to check again, the likeliest first. */
	readonly suspects: readonly Suspect[];
	/** The user name at Bitbucket, as Bitbucket tells it. */
	readonly userName: string | undefined;
	/** Git refuses the given user name, and accepts the name that works for every API token. */
	readonly tokenNameWorks: boolean;
	/** Workspaces to choose from, if the given one does not fit and the token may list them. */
	readonly workspaces: readonly string[];
};

/** A workspace as a guest sees it, before the sign-in. */
export type WorkspaceLookup =
	| {readonly state: 'public'; readonly name: string}
	| {readonly state: 'private'}
	| {readonly state: 'missing'}
	/** Bitbucket could not be asked; the live check reports why. */
	| {readonly state: 'unknown'};

/** Result of one step of the check. */
export type Finding = {
	readonly line: AccessLine;
	/** Does a failed line mean that the credentials are not good enough? */
	readonly refused: boolean;
	readonly suspects: readonly Suspect[];
};

/** The verdict of all findings. */
export const judge = (findings: readonly Finding[]): Verdict => {
	const failed = findings.filter(({line}) => line.state === 'failed');
	if (failed.some(({refused}) => refused)) {
		return 'refused';
	}

	if (failed.length > 0) {
		return 'unreachable';
	}

	return findings.some(({line}) => line.state === 'attention') ? 'limited' : 'good';
};

const codes: Readonly<Record<Verdict, ExitCode>> = {
	good: exitCodes.done,
	limited: exitCodes.incomplete,
	unreachable: exitCodes.incomplete,
	refused: exitCodes.refused,
};

/** The exit code of `cistern check` for one source. */
export const accessExitCode = (report: Pick<AccessReport, 'verdict'>): ExitCode =>
	codes[report.verdict];

/** The lines with `line` in the place of the one with its id, or at the end. */
export const replaceLine = (
	lines: readonly AccessLine[],
	line: AccessLine,
): readonly AccessLine[] =>
	lines.some(({id}) => id === line.id)
		? lines.map((other) => (other.id === line.id ? line : other))
		: [...lines, line];

/** A scope of a token that this version uses. */
export type ScopeUse = {
	/** As Bitbucket calls it where the token is made. */
	readonly scope: string;
	/** The older name, which access tokens use. */
	readonly classic: string;
	readonly needed: boolean;
	/** Short text for the page that lists the scopes to tick. */
	readonly purpose: string;
	/** Consequence of a missing scope, as a sentence. */
	readonly without: string;
	/**
	 * Scopes that include it. A scope of an API token includes no other; the older names, which
	 * access tokens still use, do (Atlassian, "Bitbucket OAuth 2.0 scopes").
	 */
	readonly includedIn: readonly string[];
};

const readRepository: ScopeUse = {
	scope: 'read:repository:bitbucket',
	classic: 'repository',
	needed: true,
	purpose: 'needed',
	without: 'Nothing can be listed or saved without it. Make a new token with this scope ticked.',
	includedIn: [
		'read:repository:bitbucket',
		'repository',
		'repository:write',
		'pullrequest',
		'pullrequest:write',
		'project',
	],
};

/** The scopes that an API token should hold, the needed ones first. */
export const apiTokenScopes: readonly ScopeUse[] = [
	readRepository,
	{
		scope: 'read:workspace:bitbucket',
		classic: 'account',
		needed: false,
		purpose: 'to check the workspace',
		without: 'Backups work without it, but whether the workspace is yours could not be checked.',
		includedIn: ['account'],
	},
	{
		scope: 'read:user:bitbucket',
		classic: 'account',
		needed: false,
		purpose: 'to check your name',
		without: 'Backups work without it, but your user name could not be checked.',
		includedIn: ['account'],
	},
];

/** The scopes that the check reports for this kind of credential. `ofParts`: those that parts need. */
export const scopesInUse = (
	credential: Credential,
	ofParts: readonly ScopeUse[],
): readonly ScopeUse[] => {
	switch (credential.kind) {
		case 'api-token':
			return [...apiTokenScopes, ...ofParts];
		case 'access-token':
			return [readRepository, ...ofParts].map((use) => ({...use, scope: use.classic}));
		case 'none':
			return [];
	}
};

/** Do these scopes include this one? */
export const holdsScope = (held: readonly string[], use: ScopeUse): boolean =>
	held.includes(use.scope) || use.includedIn.some((scope) => held.includes(scope));
