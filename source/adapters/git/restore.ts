import {mkdir, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {FailureError} from '../../domain/failure/failure.ts';
import {isBranch} from '../../domain/history/history.ts';
import type {Git, RestoredState} from '../../ports/git.ts';
import type {RunGit} from './open-git.ts';
import {asMirrorFailure, GitExit} from './run-git.ts';
import {createAll, updateRefs} from './update-refs.ts';

/** A restored repository begins without a reflog: it would only tell of the restoring. */
const noReflog = ['-c', 'core.logAllRefUpdates=false'];

/**
 * A mirror may hold a tree with `.git` in it, or with what a Mac or Windows takes for that: a backup
 * is of what is there. `transfer.fsckObjects` would not help against it. At a fetch it would refuse
 * crooked old histories along with the evil ones; here nothing is transferred, objects are borrowed
 * and packed, and git never asks for it. What counts is what is written: every disk is taken for
 * one that knows all of those names, since the copy may be carried on to one.
 */
const protectedNames = ['-c', 'core.protectHFS=true', '-c', 'core.protectNTFS=true'];

/**
 * Lends the mirror's objects to a new repository, points its refs at them, packs what they reach
 * into it, and takes the loan back. That copies nothing that is only kept, needs no configuration
 * in the mirror, and fails where an object is not there or does not match its checksum.
 */
export const restoreMethod =
	(run: RunGit): Git['restore'] =>
	async (mirror, target, state, signal) => {
		const git: RunHere = (args, input) =>
			run({args, folder: target, signal, ...(input === undefined ? {} : {input})});
		try {
			await makeCopy(git, mirror, target, state);
		} catch (error) {
			throw refusalOf(error) ?? concerning(target, asMirrorFailure(error, mirror));
		}
	};

/** Runs a command in the new repository. */
type RunHere = (args: readonly string[], input?: string) => Promise<unknown>;

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
		const info = join(isBare ? target : join(target, '.git'), 'objects', 'info');
		await mkdir(info, {recursive: true});
		await writeFile(join(info, 'alternates'), `${join(mirror, 'objects')}\n`);
		await updateRefs((args, input) => git([...noReflog, ...args], input), [createAll(refs)]);
		await git(['repack', '-q', '-n', '-a', '-d']);
		await git(['pack-refs', '--all']);
		await rm(join(info, 'alternates'));
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

/** Looked at before all else: the name may hold words that would mean another failure. */
const refusalOf = (error: unknown): FailureError | undefined => {
	const [, file] =
		error instanceof GitExit ? (/^error: invalid path '(.*)'$/m.exec(error.stderr) ?? []) : [];
	return file === undefined ? undefined : new FailureError({kind: 'checkout-refused', file});
};

/** Whatever cannot be written is in the new repository, whatever cannot be read in the mirror. */
const concerning = (target: string, error: unknown): unknown =>
	error instanceof FailureError && error.failure.kind === 'disk-full'
		? new FailureError({...error.failure, path: target})
		: error;
