/** The program's exit codes. The numbers are restic's where it has one. */
export const exitCodes = {
	/** All in scope is saved, or the command did as it was asked. */
	done: 0,
	/** The command could not work: bad settings, folder unusable, disk full, a bug. */
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

/** The further right, the more urgent for the user. */
const byUrgency: readonly ExitCode[] = [
	exitCodes.done,
	exitCodes.incomplete,
	exitCodes.refused,
	exitCodes.locked,
	exitCodes.usage,
	exitCodes.failed,
	exitCodes.interrupted,
];

/** The code for several results together: an interruption before a failure before a refusal. */
export const worstExitCode = (codes: readonly ExitCode[]): ExitCode =>
	codes.reduce<ExitCode>(
		(worst, code) => (byUrgency.indexOf(code) > byUrgency.indexOf(worst) ? code : worst),
		exitCodes.done,
	);
