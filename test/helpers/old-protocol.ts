/**
 * Does the server know no newer version of git's protocol, so that git makes all transfers by itself?
 * Always with `OLD_PROTOCOL=1 npm run crash`, and as the test says without.
 */
export const speaksOld = (otherwise: boolean): boolean =>
	process.env['OLD_PROTOCOL'] === '1' || otherwise;
