import {
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	rmdirSync,
	rmSync,
	statSync,
	writeFileSync,
} from 'node:fs';
import {dirname, join} from 'node:path';

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

/** Puts a ref anywhere, as `git update-ref` does. */
export const writeRefFile = (gitFolder: string, ref: string, oid: string): void => {
	const path = join(gitFolder, ref);
	mkdirSync(dirname(path), {recursive: true});
	writeFileSync(path, `${oid}\n`);
};

/** As `git update-ref -d` does it: the folders of its name make room for another. */
export const deleteRefFile = (gitFolder: string, ref: string): void => {
	deletePacked(join(gitFolder, 'packed-refs'), ref);
	rmSync(join(gitFolder, ref), {force: true});
	const isBelow = (folder: string): boolean => folder.split('/').length > 2;
	for (let folder = dirname(ref); isBelow(folder); folder = dirname(folder)) {
		const path = join(gitFolder, folder);
		if (!existsSync(path) || readdirSync(path).length > 0) {
			return;
		}
		rmdirSync(path);
	}
};

const deletePacked = (path: string, ref: string): void => {
	const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
	const at = lines.findIndex((line) => line.slice(41) === ref);
	if (at !== -1) {
		// What a tag leads to stands in a line of its own below it.
		lines.splice(at, lines[at + 1]?.startsWith('^') ? 2 : 1);
		writeFileSync(path, lines.join('\n'));
	}
};
