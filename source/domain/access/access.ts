import {type ExitCode, exitCodes} from '../failure/exit-code.ts';

/** An answer (a setting) that can be the cause of a refusal. */
export type Suspect = 'workspace' | 'authName' | 'apiAuthName' | 'token';

/** One thing that the live check found out, as it is shown and as JSON has it. */
export type AccessLine = {
	/** `api`, `workspace`, `git`, or the name of a scope. A later line of an id replaces the earlier. */
	readonly id: string;
	/** What was looked at, in two or three words. */
	readonly label: string;
	readonly state: 'running' | 'ok' | 'attention' | 'failed';
	/** What was found, on one line. */
	readonly text: string;
	/** What that means and what to do: sentences. */
	readonly consequence: string | undefined;
};

/**
 * `good`: everything is as it should be. `limited`: it works, but something useful is missing.
 * `unreachable`: nothing speaks against the credentials, but Bitbucket or the workspace could not
 * be asked. `refused`: the credentials were refused or lack a permission that is needed.
 */
export type Verdict = 'good' | 'limited' | 'unreachable' | 'refused';

export type AccessReport = {
	readonly lines: readonly AccessLine[];
	readonly verdict: Verdict;
	/** Which answers to look at again, the likeliest first. */
	readonly suspects: readonly Suspect[];
	/** The Bitbucket user name as Bitbucket tells it. */
	readonly userName: string | undefined;
	/** Does the name that works for every API token sign in to git where the given one does not? */
	readonly tokenNameWorks: boolean;
	/** Workspaces to choose from, where the one given does not fit and the token may list them. */
	readonly workspaces: readonly string[];
};

/** What can be seen of a workspace by everybody, before somebody has signed in. */
export type WorkspaceLookup =
	| {readonly state: 'public'; readonly name: string}
	| {readonly state: 'private'}
	| {readonly state: 'missing'}
	/** Bitbucket could not be asked; the live check will say why. */
	| {readonly state: 'unknown'};

/** What one step of the check adds to the report. */
export type Finding = {
	readonly line: AccessLine;
	/** What a failed line says about the credentials. */
	readonly refused: boolean;
	readonly suspects: readonly Suspect[];
};

/** What all findings together say. */
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

/** What `cistern check` ends with for one source. */
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
