import {rm} from 'node:fs/promises';
import {join} from 'node:path';
import {FailureError} from '../../domain/failure/failure.ts';
import {isBranch} from '../../domain/history/history.ts';
import type {GitRestoring, RestoredState} from '../../ports/git.ts';
import {borrowObjects, createAll, updateRefs} from './refs.ts';
import {asMirrorFailure, GitExit, onDisk, type RunGit} from './run-git.ts';

/** A restored repository begins without a reflog: its first entries would only describe the restore. */
const noReflog = ['-c', 'core.logAllRefUpdates=false'];

/**
 * A mirror may hold a tree with a `.git` in it, or a name that macOS or Windows takes for `.git`.
 * `transfer.fsckObjects` does not help: a fetch would also refuse old histories with harmless faults,
 * and a restore transfers nothing. So git checks the names that it writes. It does so on every system,
 * because the copy may be moved to another one.
 */
const protectedNames = ['-c', 'core.protectHFS=true', '-c', 'core.protectNTFS=true'];

export const restoreMethods = (run: RunGit): GitRestoring => ({
	restore: async (mirror, target, state, signal) => {
		const git: RunHere = (args, input) => run({args, folder: target, signal, input});
		try {
			await makeCopy(git, mirror, target, state);
		} catch (error) {
			throw asRefusal(error) ?? withTarget(target, asMirrorFailure(error, mirror));
		}
	},
	isCheckedOut: (folder) =>
		onDisk(folder, async () => (await run({args: ['status', '--porcelain'], folder})) === ''),
});

/** Runs a command in the new repository. */
type RunHere = (args: readonly string[], input?: string) => Promise<unknown>;

/**
 * Lets a new repository borrow the mirror's objects, sets its refs, packs the objects they reach, and
 * ends the borrowing. This copies nothing that is only kept, needs no configuration of the mirror,
 * and fails when an object is missing or does not match its checksum.
 */
const makeCopy = async (
	git: RunHere,
	mirror: string,
	target: string,
	{head, refs, as}: RestoredState,
): Promise<void> => {
	const isBare = as === 'bare';
	const branch = head !== undefined && isBranch(head) ? head.slice('refs/heads/'.length) : 'main';
	const kind = isBare ? ['--bare'] : [];
	await git(['init', '--template=', `--initial-branch=${branch}`, ...kind]);

	if (refs.size > 0) {
		const alternates = await borrowObjects(isBare ? target : join(target, '.git'), mirror);
		await updateRefs((args, input) => git([...noReflog, ...args], input), [createAll(refs)]);
		await git(['repack', '-q', '-n', '-a', '-d']);
		await git(['pack-refs', '--all']);
		await rm(alternates);
	}

	if (!isBare) {
		if (as.origin !== undefined) {
			await git(['remote', 'add', 'origin', as.origin]);
		}

		if (head !== undefined && refs.has(head)) {
			// `reset` and `checkout` would leave ORIG_HEAD or a reflog behind.
			await git([...protectedNames, 'read-tree', '--reset', '-u', 'HEAD']);
		}
	}
};

/** Checked before all other failures: the file's name may hold the words that mean another one. */
const asRefusal = (error: unknown): FailureError | undefined => {
	const [, file] =
		error instanceof GitExit ? (/^error: invalid path '(.*)'$/m.exec(error.stderr) ?? []) : [];
	return file === undefined ? undefined : new FailureError({kind: 'checkout-refused', file});
};

/** A restore writes only to the new repository, so the disk of the target is the full one. */
const withTarget = (target: string, error: unknown): unknown =>
	error instanceof FailureError && error.failure.kind === 'disk-full'
		? new FailureError({...error.failure, path: target})
		: error;
