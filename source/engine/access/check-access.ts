import {
	type AccessLine,
	type AccessReport,
	type Finding,
	judge,
	replaceLine,
} from '../../domain/access/access.ts';
import type {Source} from '../../domain/settings/settings.ts';
import type {Bitbucket} from '../../ports/bitbucket.ts';
import type {AccessCheck, AccessFacts} from './access-check.ts';
import {checkApiAccess} from './check-api-access.ts';
import {checkGitAccess} from './check-git-access.ts';
import {checkScopes} from './check-scopes.ts';
import {checkWorkspaceAccess} from './check-workspace-access.ts';

export type AccessOptions = {
	readonly source: Source;
	/** The Bitbucket of a source; asked for again with another name to find out which one is wrong. */
	readonly connect: (source: Source) => Bitbucket;
	readonly signal: AbortSignal;
	/** Told each line as it comes; a running one is told again, with its end. */
	readonly onLine: (line: AccessLine) => void;
};

/**
 * Is a source's credential good, what may it do, and what does it see? One attempt each, so that
 * the answer comes at once. Never throws for what Bitbucket or the network say: that is in the
 * report. Throws the signal's reason when it aborts.
 */
export const checkAccess = async (options: AccessOptions): Promise<AccessReport> => {
	const {source, connect, signal, onLine} = options;
	let lines: readonly AccessLine[] = [];
	const say = (line: AccessLine): void => {
		lines = replaceLine(lines, line);
		onLine(line);
	};
	const check: AccessCheck = {
		source,
		connect,
		signal,
		bitbucket: connect(source),
		begin: (id, label) => say({id, label, state: 'running', text: '', consequence: undefined}),
	};
	const findings: Finding[] = [];
	const add = (...found: readonly Finding[]): void => {
		findings.push(...found);
		for (const {line} of found) {
			say(line);
		}
	};

	const report = await runSteps(check, add);
	return {
		...report,
		lines,
		verdict: judge(findings),
		suspects: [...new Set(findings.flatMap(({suspects}) => suspects))],
	};
};

type Learnt = Pick<AccessReport, 'userName' | 'tokenNameWorks' | 'workspaces'>;

/** Each step only where the one before gave it something to stand on. */
const runSteps = async (
	check: AccessCheck,
	add: (...findings: readonly Finding[]) => void,
): Promise<Learnt> => {
	const nothing: Learnt = {userName: undefined, tokenNameWorks: false, workspaces: []};
	const api = await checkApiAccess(check);
	add(api.finding);
	if (api.finding.line.state === 'failed') {
		return nothing;
	}

	const userName = api.account?.userName;
	const workspace = await checkWorkspaceAccess(check);
	add(workspace.finding);
	const facts: AccessFacts = {
		account: api.account,
		proven: new Map([...api.proven, ...workspace.proven]),
		repositories: workspace.repositories,
	};
	add(...checkScopes(check, facts));
	if (workspace.finding.line.state === 'failed') {
		return {...nothing, userName, workspaces: workspace.workspaces};
	}

	const git = await checkGitAccess(check, facts);
	add(git.finding);
	return {userName, tokenNameWorks: git.tokenNameWorks, workspaces: workspace.workspaces};
};
