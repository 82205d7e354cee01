import {open, readdir, readFile, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {FailureError} from '../../domain/failure/failure.ts';
import {dirtyFile} from '../../domain/plan/layout.ts';
import {isLegalRef} from '../../domain/record/ref-name.ts';
import {asFileFailure, codeOf} from '../files/file-failure.ts';

/**
 * git takes a file that this user may not open for one that is missing, and the mirror for damaged, or
 * says many words. Then the permission is the failure, and nothing is wrong with the mirror.
 */
export const blameRights = async (error: unknown, mirror: string): Promise<unknown> => {
	if (
		!(error instanceof FailureError) ||
		(error.failure.kind !== 'mirror-unusable' && error.failure.kind !== 'folder-unusable')
	) {
		return error;
	}

	try {
		for (const path of await listFiles(mirror)) {
			await requireOpen(join(mirror, path));
		}

		return error;
	} catch (denied) {
		return denied instanceof FailureError ? denied : error;
	}
};

const isDenied = (error: unknown): boolean => /^(EACCES|EPERM)$/.test(codeOf(error) ?? '');

const requireOpen = async (path: string): Promise<void> => {
	try {
		await (await open(path, 'r')).close();
	} catch (error) {
		if (isDenied(error)) {
			throw asFileFailure(error, path);
		}
	}
};

/**
 * Paths of all files in a mirror, with `/`. Links are left out: verify names them by themselves.
 * Throws if this user may not look into a folder.
 */
const listFiles = async (mirror: string): Promise<readonly string[]> => {
	try {
		const entries = await readdir(mirror, {recursive: true, withFileTypes: true});
		return entries
			.filter((entry) => entry.isFile())
			.map(({parentPath, name}) => join(parentPath, name).slice(mirror.length + 1))
			.map((path) => path.replaceAll('\\', '/'));
	} catch (error) {
		if (isDenied(error)) {
			const path = error instanceof Error && 'path' in error ? String(error.path) : mirror;
			throw asFileFailure(error, path);
		}

		return [];
	}
};

const oid = '[0-9a-f]{40}(?:[0-9a-f]{24})?';

/** Everything that git or Cistern writes into a bare repository, refs aside. */
const ownFiles = new RegExp(
	`^(?:${[
		`HEAD|ORIG_HEAD|FETCH_HEAD|config|config\\.worktree|description|packed-refs|packed-refs\\.new`,
		`shallow|commondir|gc\\.(?:pid|log)|git-daemon-export-ok|cloneurl|${dirtyFile}(?:\\..*)?`,
		`(?:hooks|info|branches|logs|lfs|worktrees|modules|reftable)/.*|.*\\.lock`,
		`objects/info/.*|objects/(?:incoming-|tmp_objdir-).*|objects/[0-9a-f]{2}/tmp_obj_.*`,
		`objects/[0-9a-f]{2}/(?:[0-9a-f]{38}|[0-9a-f]{62})`,
		`objects/pack/(?:pack-${oid}\\.[a-z]+|multi-pack-index.*|tmp_.*|\\.tmp-.*)`,
	].join('|')})$`,
);

const looseRef = new RegExp(`^(?:${oid}|ref: .+)\\s*$`);

/** Files in the place of refs that name nothing. An empty one is what a loss of power leaves. */
export const listBrokenRefs = async (mirror: string): Promise<readonly string[]> => {
	const broken: string[] = [];
	for (const path of await listFiles(mirror)) {
		if (path.startsWith('refs/') && !path.endsWith('.lock')) {
			const text = await readFile(join(mirror, path), 'utf8').catch(() => '');
			broken.push(...(looseRef.test(text) && isLegalRef(path) ? [] : [path]));
		}
	}

	return broken;
};

/**
 * Files that no git made: of a sync client, a file manager, a storage device. `isRecorded`: is this
 * the name of a ref that was saved? A file in its place is no foreign one, but a damaged ref.
 */
export const findForeignFiles = async (
	mirror: string,
	isRecorded: (ref: string) => boolean,
): Promise<readonly string[]> => {
	const packed = await readFile(join(mirror, 'packed-refs'), 'utf8').catch(() => '');
	const foreign = (await listFiles(mirror)).filter(
		(path) => !path.startsWith('refs/') && !ownFiles.test(path),
	);
	for (const ref of await listBrokenRefs(mirror)) {
		const isKnown = isRecorded(ref) || packed.includes(` ${ref}\n`);
		if (!isLegalRef(ref) || (!isKnown && (await stat(join(mirror, ref))).size > 0)) {
			foreign.push(ref);
		}
	}

	return foreign.toSorted();
};
