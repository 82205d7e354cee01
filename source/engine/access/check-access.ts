import {
	type AccessLine,
	type AccessReport,
	type Finding,
	judge,
	type Offered,
	replaceLine,
} from '../../domain/access/access.ts';
import {holdsScope, type ScopeUse, scopesInUse} from '../../domain/access/scopes.ts';
import type {PartWords} from '../../domain/record/describe-parts.ts';
import type {PartSettings} from '../../domain/record/gap.ts';
import type {Account} from '../../ports/bitbucket.ts';
import {type AccessCheck, found, type ProvenScopes, refused} from './findings.ts';
import {checkApiAccess, checkGitAccess} from './sign-in.ts';
import {checkWorkspaceAccess} from './workspace.ts';

type AccessOptions = Pick<AccessCheck, 'source' | 'connect' | 'signal'> & {
	/** All that is kept of a repository. */
	readonly parts: readonly PartWords[];
	/** Is the source being set up? Then the lines are about the settings that will be offered. */
	readonly isSetUp?: true;
	/** Gets each line: first as `running`, then again with its result. */
	readonly onLine: (line: AccessLine) => void;
};

/**
 * Checks a source's credentials: are they good, what do they permit, what do they see? Asks each
 * question once, so that the answer comes at once. Failures of Bitbucket and of the network are in
 * the report. Throws only the signal's reason, when it aborts.
 */
export const checkAccess = async (options: AccessOptions): Promise<AccessReport> => {
	const {source, connect, signal, parts, isSetUp, onLine} = options;
	let lines: readonly AccessLine[] = [];
	const report = (line: AccessLine): void => {
		lines = replaceLine(lines, line);
		onLine(line);
	};
	const check: AccessCheck = {
		source,
		connect,
		signal,
		bitbucket: connect(source),
		scopesOfParts: parts.flatMap(({scopes}) => scopes?.(source.ofParts) ?? []),
		begin: (line) => report({...line, state: 'running', text: '', consequence: undefined}),
	};
	const findings: Finding[] = [];
	const add = (...more: readonly Finding[]): void => {
		findings.push(...more);
		for (const {line} of more) {
			report(line);
		}
	};

	const {scopes, ...facts} = await runSteps(check, add);
	const offered = source.credential.kind === 'none' ? noOffer : offerAll(parts, scopes ?? []);
	if (findings.every(({line}) => line.state !== 'failed')) {
		const settings = {...(isSetUp ? offered.settings : {}), ...source.ofParts};
		add(...linesOfParts(settings, parts));
	}

	return {
		...facts,
		offered,
		lines,
		verdict: judge(findings),
		suspects: [...new Set(findings.flatMap(({suspects}) => suspects))],
	};
};

type Facts = Pick<AccessReport, 'userName' | 'tokenNameWorks' | 'workspaces'> & {
	/** Undefined if Bitbucket did not tell them. */
	readonly scopes: readonly string[] | undefined;
};

/** Stops if a later step could only repeat an earlier failure. */
const runSteps = async (
	check: AccessCheck,
	add: (...findings: readonly Finding[]) => void,
): Promise<Facts> => {
	const nothing: Facts = {
		userName: undefined,
		tokenNameWorks: false,
		workspaces: [],
		scopes: undefined,
	};
	const api = await checkApiAccess(check);
	add(api.finding);
	if (api.finding.line.state === 'failed') {
		return nothing;
	}

	const {account} = api;
	const userName = account?.userName;
	const {finding, proven, repositories, workspaces} = await checkWorkspaceAccess(check);
	add(finding);
	add(...checkScopes(check, account, new Map([...api.proven, ...proven])));
	if (finding.line.state === 'failed') {
		return {...nothing, userName, workspaces};
	}

	const git = await checkGitAccess(check, account, repositories);
	add(git.finding);
	return {userName, tokenNameWorks: git.tokenNameWorks, workspaces, scopes: account?.scopes};
};

const noOffer: Offered = {settings: {}, remarks: []};

/** All that the parts offer to a token with these scopes. */
const offerAll = (parts: readonly PartWords[], held: readonly string[]): Offered => {
	const offers = parts.flatMap(({offer}) => offer ?? []);
	const taken = offers.filter(({scope}) => holdsScope(held, scope));
	return {
		settings: Object.assign({}, ...taken.map(({settings}) => settings)),
		remarks: offers.map((offer) => (taken.includes(offer) ? offer.taken : offer.left)),
	};
};

const linesOfParts = (settings: PartSettings, parts: readonly PartWords[]): readonly Finding[] =>
	parts.flatMap(({name, describeAccess}) => {
		const line = describeAccess?.(settings);
		return line === undefined ? [] : [found({id: name, label: line.label}, 'ok', line.text)];
	});

/**
 * One line for each scope in use: held or missing, and the consequence. Bitbucket names a token's
 * scopes in every answer (`x-oauth-scopes`); if it does not, the requests that worked are proof.
 */
const checkScopes = (
	{source: {credential}, scopesOfParts}: AccessCheck,
	account: Account | undefined,
	proven: ProvenScopes,
): readonly Finding[] =>
	scopesInUse(credential, scopesOfParts).flatMap((use) => {
		const shown = proven.get(use.scope);
		const isHeld =
			account?.scopes === undefined ? shown : holdsScope(account.scopes, use) && shown !== false;
		return isHeld === undefined ? [] : [describeScope(use, isHeld, account)];
	});

const describeScope = (use: ScopeUse, isHeld: boolean, account: Account | undefined): Finding => {
	const name = {id: use.scope, label: use.scope.replace(/:bitbucket$/, '')};
	if (isHeld) {
		return found(name, 'ok', 'held');
	}

	if (use.isChoice) {
		return found(name, 'ok', `not held: ${use.without}`);
	}

	if (!use.needed) {
		return found(name, 'attention', 'missing', use.without, ['token']);
	}

	return account?.scopes?.length === 0
		? refused(
				name,
				['token'],
				'missing: this token was made without scopes',
				'Make another one with "Create API token with scopes", not with "Create API token".',
			)
		: refused(name, ['token'], 'missing', use.without);
};
