import type {MirrorFinding} from './finding.ts';

/** Paths that a finding names at most. */
const mostNamed = 20;

/** Files of other programs. Backups pass over them, and git does. */
export const findForeignFiles = (
	mirror: string,
	paths: readonly string[],
): readonly MirrorFinding[] =>
	paths.length === 0
		? []
		: [{mirror, kind: 'files-foreign', count: paths.length, paths: paths.slice(0, mostNamed)}];

/** Files that no run could or was to save. */
export const findAbsentFiles = (
	mirror: string,
	absent: readonly {
		readonly oid: string;
		/** Bytes. */
		readonly size: number;
		readonly path?: string | undefined;
	}[],
): readonly MirrorFinding[] =>
	absent.length === 0
		? []
		: [
				{
					mirror,
					kind: 'files-absent',
					count: absent.length,
					size: absent.reduce((sum, {size}) => sum + size, 0),
					paths: absent.slice(0, mostNamed).map(({path, oid}) => path ?? oid),
				},
			];
