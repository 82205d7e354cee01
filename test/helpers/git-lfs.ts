import {spawnSync} from 'node:child_process';

/** Is the real git-lfs installed? Tests that need it are left out otherwise, and say so. */
export const hasGitLfs = spawnSync('git', ['lfs', 'version']).status === 0;

/** For the name of such a test. */
export const leftOut = hasGitLfs ? '' : ' (left out: git-lfs is not installed here)';

/** Settings that make git use git-lfs, as `git lfs install` writes them. */
export const lfsFilter: readonly string[] = [
	'filter.lfs.process=git-lfs filter-process',
	'filter.lfs.required=true',
	'filter.lfs.clean=git-lfs clean -- %f',
	'filter.lfs.smudge=git-lfs smudge -- %f',
].flatMap((setting) => ['-c', setting]);
