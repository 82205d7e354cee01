import {execFile} from 'node:child_process';
import {existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {devNull} from 'node:os';
import {join} from 'node:path';
import {promisify} from 'node:util';

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
 * Does what `git init --bare` does, without a process: a benchmark needs thousands. The folder must
 * not exist yet.
 */
export const makeBareRepository = (path: string, mainBranch: string): void => {
	for (const folder of ['objects/info', 'objects/pack', 'refs/heads', 'refs/tags']) {
		mkdirSync(join(path, folder), {recursive: true});
	}
	writeFileSync(join(path, 'HEAD'), `ref: refs/heads/${mainBranch}\n`);
	writeFileSync(join(path, 'config'), config);
};

/** Does it hold a branch or a tag? */
export const hasRefs = (path: string): boolean => {
	const packed = join(path, 'packed-refs');
	return (
		readdirSync(join(path, 'refs'), {recursive: true, withFileTypes: true}).some(
			(entry) => entry.isFile() && /[\\/]refs[\\/](heads|tags)([\\/]|$)/.test(entry.parentPath),
		) ||
		(existsSync(packed) && / refs\/(heads|tags)\//.test(readFileSync(packed, 'utf8')))
	);
};

/** The user's own git configuration has no effect on the sandbox. */
export const gitEnvironment = (): Record<string, string> => ({
	PATH: process.env['PATH'] ?? '',
	HOME: process.env['HOME'] ?? '',
	GIT_CONFIG_NOSYSTEM: '1',
	GIT_CONFIG_GLOBAL: devNull,
	GIT_TERMINAL_PROMPT: '0',
	GIT_AUTHOR_NAME: 'Ann Example',
	GIT_AUTHOR_EMAIL: 'ann@example.com',
	GIT_COMMITTER_NAME: 'Ann Example',
	GIT_COMMITTER_EMAIL: 'ann@example.com',
	LC_ALL: 'C',
	// glibc would give memory back after each object that git compresses, which takes far longer.
	MALLOC_MMAP_THRESHOLD_: String(32 * 1024 * 1024),
	MALLOC_TRIM_THRESHOLD_: String(64 * 1024 * 1024),
});

/** Runs the installed git in `folder` and gives its output. Throws with its error text when it fails. */
export const runGit = async (
	folder: string,
	gitArguments: readonly string[],
	input: string | Buffer = '',
): Promise<string> => {
	const options = {cwd: folder, env: gitEnvironment(), maxBuffer: Number.POSITIVE_INFINITY};
	const running = promisify(execFile)('git', gitArguments, options);
	const {stdin} = running.child;
	// git may end before it has read everything. Its exit code says why.
	stdin?.on('error', () => undefined).end(input);
	return (await running).stdout;
};

/** The commit of the main branch; undefined in a repository without it. */
export const readTip = ({
	path,
	mainBranch,
}: {
	readonly path: string;
	readonly mainBranch: string;
}): string | undefined => {
	const ref = `refs/heads/${mainBranch}`;
	const read = (name: string): string =>
		existsSync(join(path, name)) ? readFileSync(join(path, name), 'utf8') : '';
	const [loose = ''] = read(ref).split('\n');
	const packed = read('packed-refs')
		.split('\n')
		.find((line) => line.endsWith(` ${ref}`));
	return [loose, packed?.split(' ')[0]].find((oid) => /^[\da-f]{40,64}$/.test(oid ?? ''));
};
