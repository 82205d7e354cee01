/**
 * Git transfers at once where the user names no number. A transfer mostly waits for the line, so
 * each processor has several; enough of them to fill a line, and few for a host.
 */
export const usualTransfers = (processors: number): number =>
	Math.min(16, Math.max(4, 4 * processors));
