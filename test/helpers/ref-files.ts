import {existsSync, readdirSync, readFileSync, statSync} from 'node:fs';
import {join} from 'node:path';

/**
 * The refs of a repository by full name, symbolic ones left out, read from git's files
 * (gitrepository-layout(5)): tests ask so often that a process each time would cost minutes.
 */
export const readRefFiles = (gitFolder: string): Map<string, string> => {
	const packed = join(gitFolder, 'packed-refs');
	const lines = existsSync(packed) ? readFileSync(packed, 'utf8').split('\n') : [];
	const refs = new Map(
		lines
			.filter((line) => /^[0-9a-f]{40} /.test(line))
			.map((line): [string, string] => [line.slice(41), line.slice(0, 40)]),
	);
	for (const entry of readdirSync(join(gitFolder, 'refs'), {recursive: true, encoding: 'utf8'})) {
		const ref = `refs/${entry.replaceAll('\\', '/')}`;
		const oid = ref.endsWith('.lock') ? undefined : readLoose(join(gitFolder, ref));
		if (oid !== undefined) {
			refs.set(ref, oid);
		}
	}

	return new Map([...refs].toSorted(([left], [right]) => (left < right ? -1 : 1)));
};

/** Undefined for a folder and for a symbolic ref. */
const readLoose = (path: string): string | undefined =>
	statSync(path).isFile() ? /^([0-9a-f]{40})\n$/.exec(readFileSync(path, 'utf8'))?.[1] : undefined;
