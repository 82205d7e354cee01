import type {GitChecks} from './git/checks.ts';
import type {GitHistory} from './git/history.ts';
import type {GitMirrors} from './git/mirrors.ts';
import type {GitRefs} from './git/refs.ts';
import type {GitRemotes} from './git/remotes.ts';
import type {GitRestoring} from './git/restoring.ts';
import type {GitSalvage} from './git/salvage.ts';
import type {GitTransfers} from './git/transfers.ts';

/**
 * The installed git, isolated from the user's configuration, with one source's credential.
 * `mirror` is the absolute path of a bare repository.
 */
export interface Git
	extends GitMirrors,
		GitRefs,
		GitTransfers,
		GitHistory,
		GitChecks,
		GitRestoring,
		GitRemotes,
		GitSalvage {
	/**
	 * Every other method does this first: throws `git-unusable` where no git is installed or it is
	 * too old. Looks once a run.
	 */
	requireUsable(): Promise<void>;
}
