import {createHash} from 'node:crypto';
import {constants} from 'node:fs';
import {copyFile, lstat, mkdir, rename, rm, utimes} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {buffer} from 'node:stream/consumers';
import {fileURLToPath} from 'node:url';
import {FailureError} from '../../domain/failure/failure.ts';
import type {
	FoundPointer,
	LfsPointers,
	LfsRestored,
	LfsRestoring,
	LfsUnrestored,
} from '../../ports/lfs.ts';
import {textOf} from '../byte-text.ts';
import {ifAbsent} from '../files/file-failure.ts';
import {forAll} from '../files/small-file.ts';
import {hasItsContent, objectPath, setMode} from '../lfs/fill-store.ts';
import {failureOfGit} from './git-failure.ts';
import {onDisk} from './run-git.ts';
import type {StartGit} from './start-git.ts';

/** Files that are copied at once. */
const copiers = 4;

type Options = Parameters<LfsRestoring['restoreLfs']>[3];

export const lfsRestoreMethods = (
	start: StartGit,
	{findPointers}: Pick<LfsPointers, 'findPointers'>,
): LfsRestoring => ({
	restoreLfs: async (mirror, target, as, options) => {
		const gitDir = as === 'bare' ? target : join(target, '.git');
		const pointers = new Map<string, FoundPointer>();
		for await (const pointer of findPointers(gitDir, {of: 'refs'}, options.signal)) {
			pointers.set(pointer.blob, pointer);
		}

		return onDisk(target, async () => {
			const objects = await copyObjects(mirror, gitDir, pointers.values(), options);
			const files =
				as === 'bare' || pointers.size === 0
					? {written: 0, lacking: []}
					: await writeFiles(start, target, pointers, objects.lacking);
			const named = new Set(files.lacking.map(({oid}) => oid));
			return {
				objects: objects.copied,
				size: objects.size,
				files: files.written,
				lacking: [
					...files.lacking,
					...[...objects.lacking.values()].filter(({oid}) => !named.has(oid)),
				],
			} satisfies LfsRestored;
		});
	},
});

type Lacking = ReadonlyMap<string, LfsUnrestored>;

/** Copies and never links: what is changed in a restored repository must not change the backup. */
const copyObjects = async (
	mirror: string,
	gitDir: string,
	pointers: Iterable<FoundPointer>,
	{signal, onBytes}: Options,
): Promise<{copied: number; size: number; lacking: Lacking}> => {
	const wanted = new Map<string, FoundPointer>();
	for (const pointer of pointers) {
		wanted.set(pointer.oid, pointer);
	}

	const lacking = new Map<string, LfsUnrestored>();
	let copied = 0;
	let size = 0;
	await forAll(wanted.values(), copiers, async ({oid, size: claimed, path}) => {
		signal.throwIfAborted();
		const from = objectPath(mirror, oid);
		const stats = await lstat(from).catch(ifAbsent(undefined));
		if (stats === undefined || !(await hasItsContent(mirror, oid, onBytes))) {
			const why = stats === undefined ? 'missing' : 'damaged';
			lacking.set(oid, {oid, size: claimed, path, why});
			return;
		}

		const to = objectPath(gitDir, oid);
		await mkdir(dirname(to), {recursive: true});
		await copyFile(from, to, constants.COPYFILE_FICLONE);
		await setMode(to, 0o444);
		copied += 1;
		size += stats.size;
	});
	return {copied, size, lacking};
};

/** A file of the index. Its path has a character for each byte, as git's paths are bytes. */
type IndexEntry = {readonly path: string; readonly pointer: FoundPointer};

/** Writes the content of files in place of their pointers. */
const writeFiles = async (
	start: StartGit,
	target: string,
	pointers: ReadonlyMap<string, FoundPointer>,
	lacking: Lacking,
): Promise<{written: number; lacking: readonly LfsUnrestored[]}> => {
	const git = inWorkingCopy(start, target);
	const written: IndexEntry[] = [];
	const left: LfsUnrestored[] = [];
	for (const entry of await findLfsFiles(git, pointers)) {
		const {path, pointer} = entry;
		const absent = lacking.get(pointer.oid);
		const why = absent?.why ?? ((await writeFile(target, entry)) ? undefined : 'blocked');
		if (why === undefined) {
			written.push(entry);
		} else {
			const {oid, size} = pointer;
			left.push({oid, size, path: textOf(Buffer.from(path, 'latin1')), why});
		}
	}

	if (written.length > 0) {
		await acquaint(git, target, written);
	}

	return {written: written.length, lacking: left};
};

type RunHere = (args: readonly string[], paths?: readonly string[]) => Promise<string>;

/** Runs git in a working copy, with paths on its standard input. Text has a character for each byte. */
const inWorkingCopy =
	(start: StartGit, target: string): RunHere =>
	async (args, paths = []) => {
		const git = await start(target, args, '.git');
		git.stdin.end(Buffer.from(paths.map((path) => `${path}\0`).join(''), 'latin1'));
		const text = (await buffer(git.stdout)).toString('latin1');
		const {exitCode, words} = await git.ended;
		if (exitCode !== 0) {
			throw failureOfGit(words, {mirror: target});
		}

		return text;
	};

/** The files of the default branch that are pointers, and whose attributes say that LFS keeps them. */
const findLfsFiles = async (
	git: RunHere,
	pointers: ReadonlyMap<string, FoundPointer>,
): Promise<readonly IndexEntry[]> => {
	const listing = await git(['ls-files', '--stage', '-z']);
	const entries = listing.split('\0').flatMap((line): readonly IndexEntry[] => {
		// git-ls-files(1): mode, id and stage, a tab, and the path. A link's target may look like a pointer.
		const [, blob = '', path = ''] = /^100\d+ ([\da-f]+) 0\t(.*)$/s.exec(line) ?? [];
		const pointer = pointers.get(blob);
		return pointer === undefined ? [] : [{path, pointer}];
	});
	const args = ['check-attr', '-z', '--stdin', 'filter'];
	const attributes = (
		await git(
			args,
			entries.map(({path}) => path),
		)
	).split('\0');
	return entries.filter((_, index) => attributes[index * 3 + 2] === 'lfs');
};

/**
 * Writes one file beside its pointer and renames it. Gives false if a link or another file lies
 * in the way, so that nothing is written outside of the working copy, and for pointers in a form
 * that git would not make of the content again.
 */
const writeFile = async (target: string, {path, pointer}: IndexEntry): Promise<boolean> => {
	const place = Buffer.concat([Buffer.from(`${target}/`), Buffer.from(path, 'latin1')]);
	const content = objectPath(join(target, '.git'), pointer.oid);
	const isExact = isCanonical(pointer) && (await lstat(content)).size === pointer.size;
	if (!isExact || !(await leadsThroughFolders(target, path))) {
		return false;
	}

	const {mode} = await lstat(place);
	const aside = join(target, '.git', 'cistern-lfs-file');
	await copyFile(content, aside, constants.COPYFILE_FICLONE);
	await setMode(aside, mode & 0o777);
	// If a file is as young as the index, git reads it again, without a filter, and calls it changed.
	const earlier = new Date(Date.now() - 2000);
	await utimes(aside, earlier, earlier);
	await rename(aside, place);
	return true;
};

/** Is the pointer in the form that git-lfs writes today? */
const isCanonical = ({oid, size, blob}: FoundPointer): boolean => {
	const text = `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${size}\n`;
	const hash = createHash(blob.length === 64 ? 'sha256' : 'sha1');
	return hash.update(`blob ${text.length}\0${text}`).digest('hex') === blob;
};

/** Is every part of the path but the last a folder, and the last a file? */
const leadsThroughFolders = async (target: string, path: string): Promise<boolean> => {
	const names = path.split('/');
	for (let count = 1; count <= names.length; count += 1) {
		const part = Buffer.from(names.slice(0, count).join('/'), 'latin1');
		const stats = await lstat(Buffer.concat([Buffer.from(`${target}/`), part])).catch(
			() => undefined,
		);
		const isRight = count === names.length ? stats?.isFile() : stats?.isDirectory();
		if (isRight !== true) {
			return false;
		}
	}

	return true;
};

/** In a bundle, beside it. */
const filterFile = fileURLToPath(
	new URL(
		import.meta.url.endsWith('.ts') ? '../../lfs-filter.ts' : './lfs-filter.js',
		import.meta.url,
	),
);

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/**
 * Makes git read the files and note in its index that they are as they should be. Its filter makes
 * a pointer of each again, which proves the file.
 */
const acquaint = async (
	git: RunHere,
	target: string,
	entries: readonly IndexEntry[],
): Promise<void> => {
	const filter = `filter.lfs.process=${quote(process.execPath)} ${quote(filterFile)}`;
	const settings = ['-c', filter, '-c', 'filter.lfs.required=true'];
	// `--refresh` would not do: it calls each file of another size changed without asking the filter.
	await git(
		[...settings, 'update-index', '-z', '--stdin'],
		entries.map(({path}) => path),
	);
	const changed = await git(['diff-index', '--cached', '--name-only', '-z', 'HEAD']);
	if (changed !== '') {
		const names = textOf(Buffer.from(changed.replaceAll('\0', ' '), 'latin1'));
		const detail = `files differ from what was written: ${names}`;
		throw new FailureError({kind: 'git-failed', detail});
	}

	await rm(join(target, '.git', 'cistern-lfs-file'), {force: true});
};
