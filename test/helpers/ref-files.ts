import {
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmdirSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import {dirname, join} from 'node:path';

/** Puts a ref anywhere, as `git update-ref` does. */
export const writeRefFile = (gitFolder: string, ref: string, oid: string): void => {
	const path = join(gitFolder, ref);
	mkdirSync(dirname(path), {recursive: true});
	// Aside first: whoever reads it meanwhile finds the one or the other.
	writeFileSync(`${path}.lock`, `${oid}\n`);
	renameSync(`${path}.lock`, path);
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
