import {spawn} from 'node:child_process';
import {existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {devNull} from 'node:os';
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

/** Nothing of the user's own git configuration may decide what the sandbox serves. */
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
});

/** Runs the installed git in `folder` and gives what it printed. Throws with its error text when it fails. */
export const runGit = (
	folder: string,
	gitArguments: readonly string[],
	input: string | Buffer = '',
): Promise<string> =>
	new Promise((resolve, reject) => {
		const child = spawn('git', gitArguments, {cwd: folder, env: gitEnvironment()});
		const out: Buffer[] = [];
		const problems: Buffer[] = [];
		child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
		child.stderr.on('data', (chunk: Buffer) => problems.push(chunk));
		// Git may end before it has read everything; its exit code tells the rest.
		child.stdin.on('error', () => undefined);
		child.on('error', reject);
		child.on('close', (code) => {
			if (code === 0) {
				resolve(Buffer.concat(out).toString());
			} else {
				const text = Buffer.concat(problems).toString().trim();
				reject(new Error(`git ${gitArguments.join(' ')} ended with ${code}: ${text}`));
			}
		});
		child.stdin.end(input);
	});
