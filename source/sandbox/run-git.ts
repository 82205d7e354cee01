import {spawn} from 'node:child_process';
import {devNull} from 'node:os';

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
