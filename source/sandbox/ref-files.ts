import {existsSync, readdirSync, readFileSync, statSync} from 'node:fs';
import {join} from 'node:path';

/**
 * The refs of a repository by full name, read from git's files (gitrepository-layout(5)): it is asked
 * for so often that a process each time would cost minutes. Undefined for one that is no id, such as a
 * symbolic ref. In no order.
 */
export const readRefFiles = (gitFolder: string): Map<string, string | undefined> => {
	const packed = join(gitFolder, 'packed-refs');
	const lines = existsSync(packed) ? readFileSync(packed, 'utf8').split('\n') : [];
	const refs = new Map<string, string | undefined>(
		lines
			.filter((line) => /^[0-9a-f]{40} /.test(line))
			.map((line): [string, string] => [line.slice(41), line.slice(0, 40)]),
	);
	for (const entry of readdirSync(join(gitFolder, 'refs'), {recursive: true, encoding: 'utf8'})) {
		const ref = `refs/${entry.replaceAll('\\', '/')}`;
		const path = join(gitFolder, ref);
		if (!ref.endsWith('.lock') && statSync(path).isFile()) {
			refs.set(ref, /^([0-9a-f]{40})\n$/.exec(readFileSync(path, 'utf8'))?.[1]);
		}
	}

	return refs;
};

/** Those that are ids, in git's order. */
export const readDirectRefs = (gitFolder: string): Map<string, string> =>
	new Map(
		[...readRefFiles(gitFolder)]
			.filter((entry): entry is [string, string] => entry[1] !== undefined)
			.toSorted(([left], [right]) => (left < right ? -1 : 1)),
	);
