import {createHash} from 'node:crypto';
import {createReadStream, type Dirent} from 'node:fs';
import {readdir, readlink, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {FailureError} from '../../domain/failure/failure.ts';
import {isDetached} from '../../domain/history/history.ts';
import type {GitRestoring, RestoredState} from '../../ports/git.ts';
import {orNothing} from '../files/file-failure.ts';
import {hashOf, initArguments, writeHead} from './mirror.ts';
import {createAll, updateRefs} from './ref-files.ts';
import {borrowObjects} from './refs.ts';
import {asMirrorFailure, GitExit, onDisk, type RunGit} from './run-git.ts';

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
		onDisk(folder, async () => {
			const git = (...args: readonly string[]): Promise<string> => run({args, folder});
			const changed = (await git('status', '--porcelain')).split('\n').filter(Boolean);
			if (changed.length === 0 || !changed.every((line) => line.startsWith(' M '))) {
				return changed.length === 0;
			}

			// git also calls a file changed that an attribute would change if it were committed again.
			const again = join('.git', 'checked-out');
			await git(...protectedNames, 'checkout-index', '--all', `--prefix=${again}/`);
			try {
				return await holdsSameFiles(Buffer.from(folder), Buffer.from(join(folder, again)));
			} finally {
				await rm(join(folder, again), {recursive: true, force: true});
			}
		}),
});

/** Compares names, kinds and contents below two folders. Empty folders do not count, nor does `.git`. */
const holdsSameFiles = async (one: Buffer, other: Buffer): Promise<boolean> => {
	const [here, there] = await Promise.all([one, other].map(listFolder));
	for (const [name, entry] of [...(here ?? []), ...(there ?? [])]) {
		const kinds = [here, there].map((list) => kindOf(list?.get(name)));
		const [left, right] = [one, other].map((folder) =>
			Buffer.concat([folder, Buffer.from('/'), entry.name]),
		) as [Buffer, Buffer];
		const isFolder = kinds.every((kind) => kind === 'folder' || kind === 'none');
		const isSame = isFolder
			? await holdsSameFiles(left, right)
			: kinds[0] === kinds[1] && (await readEntry(left, entry)) === (await readEntry(right, entry));
		if (!isSame) {
			return false;
		}
	}

	return true;
};

type Entry = Dirent<Buffer>;

/** By name, one character a byte. A folder that is not there is as good as an empty one. */
const listFolder = async (folder: Buffer): Promise<ReadonlyMap<string, Entry>> => {
	const read = readdir(folder, {withFileTypes: true, encoding: 'buffer'});
	const entries = await read.catch(orNothing(folder.toString()));
	return new Map(
		(entries ?? [])
			.map((entry): [string, Entry] => [entry.name.toString('latin1'), entry])
			.filter(([name]) => name !== '.git'),
	);
};

const kindOf = (entry: Entry | undefined): 'none' | 'folder' | 'link' | 'file' => {
	if (entry === undefined) {
		return 'none';
	}

	if (entry.isDirectory()) {
		return 'folder';
	}

	return entry.isSymbolicLink() ? 'link' : 'file';
};

const readEntry = async (path: Buffer, entry: Entry): Promise<string> => {
	if (entry.isSymbolicLink()) {
		return readlink(path, 'latin1');
	}

	const hash = createHash('sha256');
	for await (const chunk of createReadStream(path)) {
		hash.update(chunk);
	}

	return hash.digest('hex');
};

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
	const gitDir = isBare ? target : join(target, '.git');
	const kind = isBare ? ['--bare'] : [];
	await git([...initArguments(hashOf(refs.values())), ...kind]);
	if (head !== undefined) {
		await writeHead(gitDir, head);
	}

	if (refs.size > 0) {
		const alternates = await borrowObjects(gitDir, mirror);
		await updateRefs(gitDir, git, [createAll(refs)]);
		await git(['repack', '-q', '-n', '-a', '-d']);
		await git(['pack-refs', '--all']);
		await rm(alternates);
	}

	if (!isBare) {
		if (as.origin !== undefined) {
			await git(['remote', 'add', 'origin', as.origin]);
		}

		// Without a HEAD, the new repository is on the branch that `init` named.
		const tip = isDetached(head) ? head : refs.get(head ?? 'refs/heads/main');
		if (tip !== undefined) {
			// `reset` and `checkout` would leave ORIG_HEAD or a reflog behind.
			await git([...protectedNames, 'read-tree', '--reset', '-u', tip]);
		}
	}
};

/** The words of a system for a name or a size that a disk cannot take. */
const impossible =
	/^(?:error|fatal): (?:unable to create (?:file|symlink)|cannot create directory at|unable to write file) '?(.*?)'?: (File name too long|Invalid argument|Illegal byte sequence|Invalid or incomplete multibyte.*|Operation not (?:permitted|supported)|Function not implemented|File too large)$/m;

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

/** A restore writes only to the new repository, so the disk of the target is the full one. */
const withTarget = (target: string, error: unknown): unknown =>
	error instanceof FailureError && error.failure.kind === 'disk-full'
		? new FailureError({...error.failure, path: target})
		: error;
