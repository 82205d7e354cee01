/** What the program's exit code says. The numbers are restic's where it has one. */
export const exitCodes = {
	/** All in scope is saved, or the command did what it was asked. */
	done: 0,
	/** It could not work: bad settings, folder unusable, disk full, a bug. */
	failed: 1,
	usage: 2,
	/** Finished, but something in scope is not saved or not whole. */
	incomplete: 3,
	locked: 11,
	/** A source's credentials were refused or lack a needed permission. */
	refused: 12,
	interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** From harmless to what the user has to hear first. */
const byWeight: readonly ExitCode[] = [
	exitCodes.done,
	exitCodes.incomplete,
	exitCodes.refused,
	exitCodes.locked,
	exitCodes.usage,
	exitCodes.failed,
	exitCodes.interrupted,
];

/** The code that speaks for several results: an interruption before a failure before a refusal. */
export const worstExitCode = (codes: readonly ExitCode[]): ExitCode =>
	codes.reduce<ExitCode>(
		(worst, code) => (byWeight.indexOf(code) > byWeight.indexOf(worst) ? code : worst),
		exitCodes.done,
	);
