import {expect, it} from 'vitest';
import {type RunGit, runGit} from '../../../../source/adapters/git/run-git.ts';
import {walkNewCommits} from '../../../../source/adapters/git/transfer/walk-new.ts';
import {gitEnvironment, makeBareRepository} from '../../../../source/sandbox/bare-repository.ts';
import {makeTemporaryFolder} from '../../../helpers/temporary-folder.ts';
import {commitFile} from '../../../helpers/upstream.ts';

const oidOf = (number: number): string => number.toString(16).padStart(40, '0');

/** A git that lists a line of commits, the newest first. */
const listing =
	(count: number): RunGit =>
	async ({onLine}) => {
		for (let number = count; number > 0; number -= 1) {
			onLine?.(`${oidOf(number)} ${oidOf(number - 1)}`);
		}

		return '';
	};

const never = new AbortController().signal;

it('leaves to git the branches that were rewritten together, and knows one that moved forward', async () => {
	const rewritten = Array.from({length: 20_000}, (_, index) => ({
		ref: `refs/heads/${index}`,
		from: oidOf(1_000_000 + index),
		to: oidOf(9000),
	}));
	const forward = {ref: 'refs/heads/main', from: oidOf(8000), to: oidOf(9000)};
	const tips = [forward, ...rewritten];
	expect([...(await walkNewCommits(listing(9000), '/', tips, never))]).toEqual(['refs/heads/main']);
});

it('stops when the run stops', async () => {
	const mirror = makeTemporaryFolder();
	makeBareRepository(mirror, 'main');
	const tip = {ref: 'refs/heads/new', from: undefined, to: await commitFile(mirror)};
	const run: RunGit = (command) => runGit(command, gitEnvironment());
	expect(await walkNewCommits(run, mirror, [tip], never)).toEqual(new Set());
	const stopped = AbortSignal.abort(new Error('stopped'));
	await expect(walkNewCommits(run, mirror, [tip], stopped)).rejects.toThrow('stopped');
});
