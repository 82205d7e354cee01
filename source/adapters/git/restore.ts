import {appendFile, copyFile, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {FailureError} from '../../domain/failure/failure.ts';
import {createAll, isDetached, unbornHead} from '../../domain/history/history.ts';
import type {GitRestoring, RestoredState} from '../../ports/git.ts';
import {orNothing} from '../files/file-failure.ts';
import {noRights} from './git-failure.ts';
import {formatConfig, type Hash, hashOf, makeRepository, shallowFile, writeHead} from './mirror.ts';
import {blameRights} from './mirror-files.ts';
import {updateRefs} from './ref-files.ts';
import {borrowObjects} from './refs.ts';
import {asMirrorFailure, GitExit, type RunGit} from './run-git.ts';
import {isCheckedOut, mergesNames, writeFiles} from './working-copy.ts';

export const restoreMethods = (run: RunGit): GitRestoring => ({
	restore: async (mirror, target, state, signal) => {
		const git: RunHere = (args, input) => run({args, folder: target, signal, input});
		try {
			await makeCopy(git, mirror, target, state);
		} catch (error) {
			throw asRefusal(error) ?? (await blame(error, mirror, target));
		}
	},
	isCheckedOut: (folder) => isCheckedOut(run, folder),
});

/** Runs a command in the new repository. */
type RunHere = (args: readonly string[], input?: string) => Promise<string>;

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
	const gitDir = isBare ? target : join(target, '.git');
	await initialize(git, gitDir, hashOf(refs.values()), isBare);
	if (head !== undefined) {
		await writeHead(gitDir, head);
	}

	if (refs.size > 0) {
		const alternates = await borrowObjects(gitDir, mirror);
		const shallow = join(mirror, shallowFile);
		await copyFile(shallow, join(gitDir, shallowFile)).catch(orNothing(shallow));
		await updateRefs(gitDir, git, createAll(refs));
		await git(['repack', '-q', '-n', '-a', '-d']);
		await rm(alternates);
	}

	if (!isBare) {
		if (as.origin !== undefined) {
			const url = as.origin.replaceAll(/["\\]/g, String.raw`\$&`);
			const fetch = '+refs/heads/*:refs/remotes/origin/*';
			const remote = `[remote "origin"]\n\turl = "${url}"\n\tfetch = ${fetch}\n`;
			await appendFile(join(gitDir, 'config'), remote);
		}

		// Without a HEAD, the new repository is on the branch that `init` named.
		const tip = isDetached(head) ? head : refs.get(head ?? unbornHead);
		if (tip !== undefined) {
			await writeFiles(git, target, tip);
		}
	}
};

/** Makes a repository as the user's own git would, with the settings that its disk needs. */
const initialize = async (
	git: RunHere,
	gitDir: string,
	hash: Hash,
	isBare: boolean,
): Promise<void> => {
	const kind = isBare ? ['--bare'] : [];
	const format = hash === 'sha1' ? [] : [`--object-format=${hash}`];
	try {
		await git(['init', '--template=', '--initial-branch=main', ...format, ...kind]);
	} catch (error) {
		if (!(error instanceof GitExit && noRights.test(error.stderr))) {
			throw error;
		}

		const logs = isBare ? '' : '\tlogallrefupdates = true\n';
		const rest = `\tfilemode = false\n\tbare = ${isBare}\n${logs}`;
		await makeRepository(gitDir, `${formatConfig[hash]}${rest}`, unbornHead);
		if (await mergesNames(gitDir)) {
			await appendFile(join(gitDir, 'config'), '\tignorecase = true\n');
		}
	}
};

/** The words of a system for a name or a size that a disk cannot take. */
const impossible =
	/^(?:error|fatal): (?:unable to create (?:file|symlink)|cannot create directory at|unable to write file) '?(.*?)'?: (File ?name too long|Invalid argument|Illegal byte sequence|Invalid or incomplete multibyte.*|Operation not (?:permitted|supported)|Function not implemented|File too large)$/m;

/** Checked before all other failures: the file's name may hold the words that mean another one. */
const asRefusal = (error: unknown): FailureError | undefined => {
	if (!(error instanceof GitExit)) {
		return undefined;
	}

	const [, refused] = /^error: invalid path '(.*)'$/m.exec(error.stderr) ?? [];
	if (refused !== undefined) {
		return new FailureError({kind: 'checkout-refused', file: refused});
	}

	const [, file, detail = ''] = impossible.exec(error.stderr) ?? [];
	return file === undefined
		? undefined
		: new FailureError({kind: 'checkout-impossible', file, detail});
};

/** git runs in the target. */
const folderGone = /unable to (?:read|get) current working directory/i;

/**
 * A restore only reads the mirror and only writes to the new repository. So a disk that is full,
 * gone or cannot be written to is the target's, unless git names a file of the mirror.
 */
const blame = async (error: unknown, mirror: string, target: string): Promise<unknown> => {
	if (error instanceof GitExit && folderGone.test(error.stderr)) {
		const detail = 'it is not there any more';
		return new FailureError({kind: 'folder-unusable', path: target, detail});
	}

	const known = await blameRights(asMirrorFailure(error, mirror), mirror);
	const isMirrors = error instanceof GitExit && error.stderr.includes(mirror);
	if (!(known instanceof FailureError) || isMirrors) {
		return known;
	}

	const {failure} = known;
	return failure.kind === 'disk-full' ||
		(failure.kind === 'folder-unusable' && failure.path === mirror)
		? new FailureError({...failure, path: target})
		: known;
};
