import {randomUUID} from 'node:crypto';
import {mkdir, mkdtemp, rm, symlink} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {GitRemotes} from '../../ports/git.ts';
import {shortenWords} from './git-failure.ts';
import {writeHead} from './mirror.ts';
import {asRemoteFailure, isSignIn, makeLender, type RunAsUser} from './push.ts';
import {anywhere, GitExit, onDisk, type RunGit} from './run-git.ts';

export const lfsPushMethods = (
	runLocal: RunGit,
	runAsUser: RunAsUser,
): Pick<GitRemotes, 'hasGitLfs' | 'pushLfs'> => {
	const hasGitLfs = async (signal: AbortSignal): Promise<boolean> => {
		const args = ['lfs', 'version'];
		return runAsUser(false)({args, folder: anywhere, gitDir: 'none', signal}).then(
			() => true,
			(error: unknown) => {
				if (error instanceof GitExit) {
					return false;
				}

				throw error;
			},
		);
	};

	return {
		hasGitLfs,
		pushLfs: async (mirror, url, refs, {mayAsk, mayLack, signal}) => {
			if (!(await hasGitLfs(signal))) {
				return {result: 'no-git-lfs'};
			}

			const folder = await onDisk(tmpdir(), () => mkdtemp(join(tmpdir(), 'cistern-push-')));
			try {
				await onDisk(mirror, async () => {
					await makeLender(runLocal, mirror, folder, refs);
					await lendFiles(mirror, folder);
				});
				const settings = [
					`lfs.storage=${join(folder, 'lfs')}`,
					...(mayLack ? ['lfs.allowincompletepush=true'] : []),
				].flatMap((setting) => ['-c', setting]);
				const args = [...settings, 'lfs', 'push', '--all', '--', url];
				await runAsUser(mayAsk)({args, folder, gitDir: true, signal});
				return {result: 'pushed'};
			} catch (error) {
				if (error instanceof GitExit && !isSignIn(error)) {
					return {result: 'refused', words: shortenWords(error.stderr)};
				}

				throw asRemoteFailure(error, url);
			} finally {
				await rm(folder, {recursive: true, force: true});
			}
		},
	};
};

/**
 * git-lfs does not follow alternates, so a link stands for the objects. A `.lfsconfig` in HEAD would
 * send the files to the server that it names, so HEAD names a branch that does not exist.
 */
const lendFiles = async (mirror: string, folder: string): Promise<void> => {
	await writeHead(folder, `refs/heads/none-${randomUUID()}`);
	await mkdir(join(folder, 'lfs'));
	// A junction needs no rights on Windows; elsewhere the kind is not looked at.
	await symlink(join(mirror, 'lfs', 'objects'), join(folder, 'lfs', 'objects'), 'junction');
};
