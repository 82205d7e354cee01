import {open, readdir, readFile, rename, rm} from 'node:fs/promises';
import {dirname, join, sep} from 'node:path';
import {FailureError} from '../../domain/failure/failure.ts';
import type {RefMove} from '../../domain/history/history.ts';
import type {Refs} from '../../domain/plan/repository.ts';
import {toExcerpt} from '../../domain/text/printable-text.ts';
import {bytesOf, textOf} from '../byte-text.ts';
import {codeOf, orNothing} from '../files/file-failure.ts';
import {replaceFile, syncFolder, writeNewFile} from '../files/small-file.ts';
import {onDisk} from './run-git.ts';

/**
 * The refs of a repository, read from its files, because starting git costs more. Throws
 * `mirror-unusable` where a line of them cannot be read.
 */
export const readRefFiles = async (gitDir: string): Promise<Refs> =>
	onDisk(gitDir, async () => {
		const bytes = await readPacked(gitDir, orNothing);
		requireReadable(gitDir, bytes);
		return joinRefs(bytes, await readLooseFiles(gitDir, orNothing));
	});

/** The refs of a damaged mirror that can be read. Skips all other lines and files. */
export const readDamagedTips = async (mirror: string): Promise<Refs> => {
	const forgive = () => () => undefined;
	return joinRefs(await readPacked(mirror, forgive), await readLooseFiles(mirror, forgive));
};

const noBytes: Buffer = Buffer.alloc(0);

/** The bytes of the packed refs. Passes the error of a file that cannot be read to `forgive`. */
const readPacked = async (gitDir: string, forgive: typeof orNothing): Promise<Buffer> => {
	const path = join(gitDir, 'packed-refs');
	return (await readFile(path).catch(forgive(path))) ?? noBytes;
};

/** git's own reader stops at such a line too. Written again, the file would be without that ref. */
const requireReadable = (gitDir: string, packed: Buffer): void => {
	const lines = packed.toString('latin1').split('\n');
	const end = lines.pop();
	const odd = end === '' ? lines.find((line) => !packedLine.test(line)) : end;
	if (odd !== undefined) {
		const detail = `packed-refs has a line that is no ref: ${toExcerpt(odd)}`;
		throw new FailureError({kind: 'mirror-unusable', path: gitDir, detail});
	}
};

/** A ref, the object that a tag leads to, or the head of the file. */
const packedLine =
	/^(?:[0-9a-f]{40}(?:[0-9a-f]{24})? refs\/[^ ]+|\^[0-9a-f]{40}(?:[0-9a-f]{24})?|#.*)$/s;

/** A ref in a file of its own hides the packed one. */
const joinRefs = (
	packed: Buffer,
	loose: readonly (readonly [ref: string, content: string])[],
): Refs => {
	const refs = new Map<string, string>();
	for (const line of textOf(packed).split('\n')) {
		const [, oid, ref] = packedRef.exec(line) ?? [];
		if (oid !== undefined && ref !== undefined) {
			refs.set(ref, oid);
		}
	}

	for (const [ref, content] of loose) {
		const [, oid] = looseRef.exec(content) ?? [];
		if (oid !== undefined) {
			refs.set(ref, oid);
		}
	}

	return refs;
};

const packedRef = /^([0-9a-f]{40}(?:[0-9a-f]{24})?) (refs\/[^ ]+)$/s;
const looseRef = /^([0-9a-f]{40}(?:[0-9a-f]{24})?)\s*$/;

/** The content of the files below `refs/`, which hold one ref each, by its name. */
const readLooseFiles = async (
	gitDir: string,
	forgive: typeof orNothing,
): Promise<readonly [ref: string, content: string][]> => {
	const folder = join(gitDir, 'refs');
	const names = await readdir(folder, {recursive: true}).catch(forgive(folder));
	const found: [string, string][] = [];
	for (const name of names ?? []) {
		const path = join(folder, name);
		const content = await readFile(path, 'utf8').catch(forgive(path));
		if (content !== undefined && !name.endsWith('.lock')) {
			found.push([`refs/${name.replaceAll(sep, '/')}`, content]);
		}
	}

	return found;
};

/** Is any ref a file of its own? */
export const hasLooseRefs = async (gitDir: string): Promise<boolean> =>
	(await readLooseFiles(gitDir, orNothing)).some(([, content]) => looseRef.test(content));

/** Runs git in the repository. */
type RunWithInput = (args: readonly string[], input?: string) => Promise<unknown>;

/**
 * Moves refs, all together in one write: a kill leaves the old refs or the new ones.
 *
 * Writes git's file of packed refs itself. `git update-ref` makes a file for each ref, and many file
 * systems take two names for one (`feature` and `Feature`) or refuse a name that is not UTF-8. It
 * also refuses a branch that names a tag object or a tree, which old repositories have.
 */
export const updateRefs = async (
	gitDir: string,
	git: RunWithInput,
	moves: readonly RefMove[],
): Promise<void> => {
	if (moves.length === 0) {
		return;
	}

	if (await hasLooseRefs(gitDir)) {
		await git(['pack-refs', '--all']);
	}

	await onDisk(gitDir, () => rewritePackedRefs(gitDir, moves));
};

/**
 * Moves one ref in a file of its own, as git does: its lock becomes the file, so a kill leaves the old
 * value or the new one.
 */
export const moveRef = async (
	gitDir: string,
	ref: string,
	{from, to}: {readonly from: string | undefined; readonly to: string},
): Promise<void> => {
	const path = join(gitDir, ref);
	const lock = `${path}.lock`;
	const handle = await openLock(lock);
	try {
		requireValue(ref, (await readRefFiles(gitDir)).get(ref), from);
		await handle.writeFile(`${to}\n`);
		await handle.sync();
		await handle.close();
		await rename(lock, path);
	} catch (error) {
		await handle.close();
		await rm(lock, {force: true});
		throw error;
	}

	await syncFolder(dirname(path));
};

/** Writes all refs of a repository that is not in place yet. Not synced. */
export const writeNewRefs = (gitDir: string, refs: Refs): Promise<void> => {
	const entries: Entries = new Map();
	for (const [ref, to] of refs) {
		setEntry(entries, nameOf(ref), to);
	}

	return writeNewFile(join(gitDir, 'packed-refs'), formatEntries(entries));
};

const rewritePackedRefs = async (gitDir: string, moves: readonly RefMove[]): Promise<void> => {
	const path = join(gitDir, 'packed-refs');
	const lock = `${path}.lock`;
	await (await openLock(lock)).close();
	try {
		const packed = await readPacked(gitDir, orNothing);
		requireReadable(gitDir, packed);
		const entries = parseEntries(packed.toString('latin1'));
		const loose = new Map(await readLooseFiles(gitDir, orNothing));
		for (const move of moves) {
			applyMove(entries, loose, move);
		}

		await rm(`${path}.new`, {force: true});
		await replaceFile(path, formatEntries(entries), `${path}.new`);
		// A file of its own would hide the packed ref: a symbolic ref, which git does not pack.
		for (const {ref} of moves.filter(({ref}) => loose.has(ref))) {
			await rm(join(gitDir, ref), {force: true});
		}
	} finally {
		await rm(lock, {force: true});
	}
};

const openLock = async (lock: string) => {
	try {
		return await open(lock, 'wx', 0o600);
	} catch (error) {
		if (codeOf(error) === 'EEXIST') {
			const detail = `Unable to create '${lock}': File exists.`;
			throw new FailureError({kind: 'git-failed', detail});
		}

		throw error;
	}
};

const requireValue = (
	ref: string,
	there: string | undefined,
	expected: string | undefined,
): void => {
	if (there !== expected) {
		const detail = `${ref} is at ${there ?? 'nothing'} but expected at ${expected ?? 'nothing'}`;
		throw new FailureError({kind: 'git-failed', detail});
	}
};

/** The lines of a ref by its name, in characters that stand for one byte each: git sorts by bytes. */
type Entries = Map<string, string>;

const parseEntries = (text: string): Entries => {
	const entries: Entries = new Map();
	for (const [lines, name = ''] of text.matchAll(/^[0-9a-f]+ (.+)\n(?:\^[0-9a-f]+\n)?/gm)) {
		entries.set(name, lines);
	}

	return entries;
};

/** Without `peeled`: git finds out by itself what a tag object leads to, and notes it when it packs. */
const formatEntries = (entries: Entries): Buffer => {
	const lines = [...entries.keys()].sort().map((name) => entries.get(name) ?? '');
	return Buffer.from(['# pack-refs with: sorted \n', ...lines].join(''), 'latin1');
};

const nameOf = (ref: string): string => bytesOf(ref).toString('latin1');

const setEntry = (entries: Entries, name: string, oid: string): void => {
	entries.set(name, `${oid} ${name}\n`);
};

const applyMove = (
	entries: Entries,
	loose: ReadonlyMap<string, string>,
	{ref, from, to}: RefMove,
): void => {
	const name = nameOf(ref);
	const there = looseRef.exec(loose.get(ref) ?? '')?.[1] ?? entries.get(name)?.split(' ', 1)[0];
	if (loose.get(ref)?.startsWith('ref:') !== true) {
		requireValue(ref, there, from);
	}

	if (to === undefined) {
		entries.delete(name);
	} else {
		setEntry(entries, name, to);
	}
};
