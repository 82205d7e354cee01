import {type ExitCode, exitCodes} from '../failure/exit-code.ts';
import {type Finding, isDamage} from './finding.ts';

/** What verify says of one repository. */
export type RepositoryVerdict = {
	readonly source: string;
	/** Full name; the folder's where there is no record to tell it. */
	readonly repository: string;
	/** Below the source's folder. */
	readonly folder: string;
	readonly findings: readonly Finding[];
	/** Is what was found written down, so that the next backup mends it? */
	readonly isMarked: boolean;
	/** When upstream no longer had it, RFC 3339: then no backup can mend it. */
	readonly goneSince: string | undefined;
};

/** What verify says of a source. */
export type SourceVerdict = {
	readonly source: string;
	readonly folder: string;
	readonly repositories: number;
	readonly whole: number;
	readonly damaged: number;
	/** What concerns no single repository. */
	readonly findings: readonly Finding[];
	/** Milliseconds. */
	readonly duration: number;
};

export const isWhole = ({findings}: {readonly findings: readonly Finding[]}): boolean =>
	!findings.some(isDamage);

export const verdictExitCode = ({damaged, findings}: SourceVerdict): ExitCode =>
	damaged === 0 && isWhole({findings}) ? exitCodes.done : exitCodes.incomplete;
