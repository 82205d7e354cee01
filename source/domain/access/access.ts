import {type ExitCode, exitCodes} from '../failure/exit-code.ts';
import type {PartSettings} from '../record/gap.ts';

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
	readonly offered: Offered;
};

/** All that a setup turns on because the token allows it. */
export type Offered = {
	readonly settings: PartSettings;
	/** Sentences about what is turned on, and what is not. */
	readonly remarks: readonly string[];
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
