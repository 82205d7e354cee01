import {existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

const config = `[core]
	repositoryformatversion = 0
	filemode = true
	bare = true
[gc]
	auto = 0
[maintenance]
	auto = false
[receive]
	autogc = false
`;

/**
 * What `git init --bare` makes, without a process for each: a benchmark wants thousands. Needs a
 * folder that does not exist yet.
 */
export const makeBareRepository = (path: string, mainBranch: string): void => {
	for (const folder of ['objects/info', 'objects/pack', 'refs/heads', 'refs/tags']) {
		mkdirSync(join(path, folder), {recursive: true});
	}
	writeFileSync(join(path, 'HEAD'), `ref: refs/heads/${mainBranch}\n`);
	writeFileSync(join(path, 'config'), config);
};

/** Is it configured as `makeBareRepository` does it, and nothing else? */
export const isPlainRepository = (path: string): boolean =>
	readFileSync(join(path, 'config'), 'utf8') === config;

/** Is there a branch or a tag in it? */
export const hasRefs = (path: string): boolean => {
	const packed = join(path, 'packed-refs');
	return (
		holdsFile(join(path, 'refs/heads')) ||
		holdsFile(join(path, 'refs/tags')) ||
		(existsSync(packed) && / refs\/(heads|tags)\//.test(readFileSync(packed, 'utf8')))
	);
};

const holdsFile = (folder: string): boolean =>
	existsSync(folder) &&
	readdirSync(folder, {withFileTypes: true}).some(
		(entry) => entry.isFile() || (entry.isDirectory() && holdsFile(join(folder, entry.name))),
	);
