import {
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmdirSync,
	rmSync,
	statSync,
	writeFileSync,
} from 'node:fs';
import {dirname, join} from 'node:path';

/**
 * The refs of a repository that are ids, by full name in git's order, read from git's files
 * (gitrepository-layout(5)): starting a process each time would cost minutes.
 */
export const readDirectRefs = (gitFolder: string): Map<string, string> => {
	const packed = join(gitFolder, 'packed-refs');
	const lines = existsSync(packed) ? readFileSync(packed, 'utf8').split('\n') : [];
	const refs = new Map(
		lines
			.filter((line) => /^[0-9a-f]{40} /.test(line))
			.map((line): [string, string] => [line.slice(41), line.slice(0, 40)]),
	);
	for (const entry of readdirSync(join(gitFolder, 'refs'), {recursive: true, encoding: 'utf8'})) {
		const ref = `refs/${entry.replaceAll('\\', '/')}`;
		const path = join(gitFolder, ref);
		if (!ref.endsWith('.lock') && statSync(path).isFile()) {
			const [, oid] = /^([0-9a-f]{40})\n$/.exec(readFileSync(path, 'utf8')) ?? [];
			refs.delete(ref);
			if (oid !== undefined) {
				refs.set(ref, oid);
			}
		}
	}

	return new Map([...refs].toSorted(([left], [right]) => (left < right ? -1 : 1)));
};

/** Moves a ref anywhere, as `git update-ref` does. */
export const writeRefFile = (gitFolder: string, ref: string, oid: string): void => {
	const path = join(gitFolder, ref);
	mkdirSync(dirname(path), {recursive: true});
	// A reader in the meantime sees either the old or the new id.
	writeFileSync(`${path}.lock`, `${oid}\n`);
	renameSync(`${path}.lock`, path);
};

/**
 * Makes these the only refs, all in one file, as `git pack-refs --all` does. Ten thousand loose refs
 * would take seconds.
 */
export const packRefFiles = (gitFolder: string, refs: ReadonlyMap<string, string>): void => {
	for (const kind of ['heads', 'tags']) {
		rmSync(join(gitFolder, 'refs', kind), {recursive: true});
		mkdirSync(join(gitFolder, 'refs', kind));
	}

	const lines = [...refs].toSorted(([left], [right]) => (left < right ? -1 : 1));
	const text = lines.map(([ref, oid]) => `${oid} ${ref}\n`).join('');
	// A reader in the meantime sees either the old or the new file.
	writeFileSync(join(gitFolder, 'packed-refs.lock'), `# pack-refs with: sorted \n${text}`);
	renameSync(join(gitFolder, 'packed-refs.lock'), join(gitFolder, 'packed-refs'));
};

/** Also removes the empty folders of the ref's name, as `git update-ref -d` does. */
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
	// Byte by byte: the file may hold names that are not UTF-8.
	const lines = existsSync(path) ? readFileSync(path, 'latin1').split('\n') : [];
	const name = Buffer.from(ref).toString('latin1');
	const at = lines.findIndex((line) => line.slice(41) === name);
	if (at !== -1) {
		// The line below a tag may hold the object that it points to.
		lines.splice(at, lines[at + 1]?.startsWith('^') ? 2 : 1);
		writeFileSync(path, lines.join('\n'), 'latin1');
	}
};
