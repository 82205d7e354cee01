import {type ExitCode, exitCodes, worstExitCode} from '../failure/exit-code.ts';
import type {Failure} from '../failure/failure.ts';
import {exitCodeOf} from '../failure/failure-table.ts';
import type {PartRules, PlanItem} from '../plan/plan.ts';
import type {Finding} from './finding.ts';
import {isDamage} from './finding-table.ts';

/** Result of verify for one repository. */
export type RepositoryVerdict = {
	readonly source: string;
	/** Full name; the folder's name if there is no record. */
	readonly repository: string;
	/** Below the source's folder. */
	readonly folder: string;
	readonly findings: readonly Finding[];
	/** Will the next backup repair the damage? It does if the record names it. */
	readonly isMarked: boolean;
	/** When it was gone upstream, RFC 3339: then no backup can repair it. */
	readonly goneSince: string | undefined;
};

/** Result of verify for a source. */
export type SourceVerdict = {
	readonly source: string;
	readonly folder: string;
	readonly repositories: number;
	readonly whole: number;
	readonly damaged: number;
	/** Findings outside the repositories' folders. */
	readonly findings: readonly Finding[];
	/** Milliseconds. */
	readonly duration: number;
};

export const isWhole = ({findings}: {readonly findings: readonly Finding[]}): boolean =>
	!findings.some(isDamage);

export const verdictExitCode = ({damaged, findings}: SourceVerdict): ExitCode =>
	damaged === 0 && isWhole({findings}) ? exitCodes.done : exitCodes.incomplete;

/** How the backup of a repository compares with upstream now. */
export type Compared =
	| {readonly state: 'as-upstream'}
	/** Upstream has changed since the last backup. No damage. */
	| {readonly state: 'behind'}
	| {readonly state: 'not-saved'}
	| {readonly state: 'failed'; readonly failure: Failure};

/** How the rehearsal of a repository's restore ended. */
export type Rehearsed =
	| {readonly state: 'equal'; readonly refs: number}
	/** The restored repository is not what was recorded. */
	| {readonly state: 'different'; readonly detail: string}
	| {readonly state: 'failed'; readonly failure: Failure};

/** Compares by the refs alone, as a backup does. */
export const compareUpstream = (
	{look, saved, failure}: PlanItem,
	parts: readonly PartRules[],
): Compared => {
	if (look.state !== 'seen' || failure !== undefined) {
		const cause = look.state === 'seen' ? failure : look.failure;
		return cause === undefined ? {state: 'not-saved'} : {state: 'failed', failure: cause};
	}

	if (saved === undefined) {
		return {state: 'not-saved'};
	}

	const isSame = parts.every((part) =>
		part.isAsUpstream(saved.record.parts[part.name], look.parts[part.name] ?? {state: 'not-asked'}),
	);
	return {state: isSame ? 'as-upstream' : 'behind'};
};

/** The exit code of these results, without any others. */
export const proofExitCode = (results: readonly (Compared | Rehearsed)[]): ExitCode =>
	worstExitCode(
		results.map((result) => {
			switch (result.state) {
				case 'as-upstream':
				case 'equal':
					return exitCodes.done;
				case 'failed':
					return exitCodeOf(result.failure);
				default:
					return exitCodes.incomplete;
			}
		}),
	);
