import {open, readdir, rm, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {text} from 'node:stream/consumers';
import {pipeline} from 'node:stream/promises';
import {FailureError} from '../../domain/failure/failure.ts';
import {readSeconds} from '../../domain/text/format.ts';
import type {FileChange, GitMetadata} from '../../ports/git-metadata.ts';
import {orNothing} from '../files/file-failure.ts';
import {openObjects, type ReadObject} from './objects/commit-files.ts';
import {writeObjects} from './objects/loose-objects.ts';
import {makeCommitObjects} from './objects/make-commit.ts';
import {datesOf, formatAuthor, type OwnCommit} from './objects/own-commit.ts';
import {writePack} from './objects/write-pack.ts';
import {moveRef, readRefFiles} from './ref-files.ts';
import {GitExit, inMirror, onDisk, type RunGit} from './run-git.ts';
import type {StartGit} from './start-git.ts';

/** The one branch of a repository of metadata. */
export const metadataRef = 'refs/heads/main';

/**
 * A commit up to both of these is written without a process. A larger one does not fit into memory
 * for sure, and is worth git's deltas.
 */
const most = {files: 2000, bytes: 16_000_000};

/** Above, one pack takes less time than a file for each object. */
const mostLoose = 24;

export const importMethods = (
	run: RunGit,
	start: StartGit,
): Pick<GitMetadata, 'importFiles' | 'readMetadataTip'> => {
	const git = inMirror(run);
	const readTip = async (mirror: string): Promise<string | undefined> =>
		(await readRefFiles(mirror)).get(metadataRef);
	const readDate = async (
		mirror: string,
		readObject: ReadObject,
		commit: string,
	): Promise<number> =>
		(await readCommitDate(readObject, commit).catch(() => undefined)) ??
		readSeconds(await git(mirror, ['log', '-1', '--format=%ct', commit]));

	const importAll = async (
		mirror: string,
		files: AsyncIterable<FileChange>,
		commit: NewCommit,
	): Promise<string> => {
		await feed(start, mirror, writeCommit(files, commit));
		const tip = await readTip(mirror);
		if (tip === undefined || tip === commit.parent) {
			const detail = 'git fast-import ended well and moved no branch';
			throw new FailureError({kind: 'git-failed', detail});
		}

		return tip;
	};

	return {
		readMetadataTip: readTip,
		importFiles: (mirror, files, {message, at}) =>
			onDisk(mirror, async () => {
				await removeLeftovers(mirror);
				const parent = await readTip(mirror);
				const readObject = openObjects(mirror);
				const newest =
					parent === undefined ? undefined : await readDate(mirror, readObject, parent);
				const commit = {parent, dates: datesOf(at, newest), message: Buffer.from(message)};
				const left = measured(files);
				const few: FileChange[] = [];
				const isSmall = await takeFew(left, few);
				const tip = isSmall
					? await writeSmall(mirror, {readObject, files: few, commit})
					: undefined;
				return tip ?? importAll(mirror, joined(few, left), commit);
			}),
	};
};

type NewCommit = Omit<OwnCommit, 'tree'>;

/** A file with its bytes. */
type Measured = {readonly change: FileChange; readonly size: number};

async function* measured(
	files: Iterable<FileChange> | AsyncIterable<FileChange>,
): AsyncGenerator<Measured> {
	for await (const change of files) {
		requirePlain(change.path);
		const size = 'text' in change ? Buffer.byteLength(change.text) : (await stat(change.file)).size;
		yield {change, size};
	}
}

/** Takes files until they are all taken (true) or too much for a small commit. */
const takeFew = async (left: AsyncGenerator<Measured>, few: FileChange[]): Promise<boolean> => {
	let bytes = 0;
	while (few.length <= most.files && bytes <= most.bytes) {
		const next = await left.next();
		if (next.done === true) {
			return true;
		}

		few.push(next.value.change);
		bytes += next.value.size;
	}

	return false;
};

async function* joined(
	few: readonly FileChange[],
	left: AsyncIterable<Measured>,
): AsyncGenerator<FileChange> {
	yield* few;
	for await (const {change} of left) {
		yield change;
	}
}

type SmallCommit = {
	readonly readObject: ReadObject;
	readonly files: readonly FileChange[];
	readonly commit: NewCommit;
};

/** Gives the commit's id. Undefined if only git can read what it changes. */
const writeSmall = async (
	mirror: string,
	{readObject, files, commit}: SmallCommit,
): Promise<string | undefined> => {
	const objects = await makeCommitObjects(readObject, files, commit);
	const to = objects?.at(-1)?.oid;
	if (objects !== undefined && to !== undefined) {
		await (objects.length > mostLoose ? writePack : writeObjects)(mirror, objects);
		await moveRef(mirror, metadataRef, {from: commit.parent, to});
	}

	return to;
};

const readCommitDate = async (
	readObject: ReadObject,
	commit: string,
): Promise<number | undefined> => {
	const {content} = await readObject(commit);
	const [, seconds] = /^committer .* (\d+) \+0000$/m.exec(content.toString('latin1')) ?? [];
	return seconds === undefined ? undefined : readSeconds(seconds);
};

/**
 * Without `--done`, git takes a stream that breaks off between two files for a whole commit. With it,
 * the branch moves only once the last line of `writeCommit` has come.
 */
const feed = async (
	start: StartGit,
	mirror: string,
	stream: AsyncIterable<Buffer | string>,
): Promise<void> => {
	const git = await start(mirror, ['fast-import', '--quiet', '--done', '--date-format=raw']);
	const output = text(git.stdout);
	output.catch(() => undefined);
	const fed = pipeline(stream, git.stdin).then(
		() => undefined,
		(error: unknown) => error,
	);
	try {
		const {exitCode, words} = await git.ended;
		const error = await fed;
		// A git that ended early closes the stream: then its own words say why.
		if (exitCode !== 0 && (error === undefined || isClosed(error))) {
			throw new GitExit(exitCode, {stdout: '', stderr: words});
		}

		if (error !== undefined) {
			throw error;
		}
	} catch (error) {
		await removeLeftovers(mirror);
		throw error;
	}
};

const isClosed = (error: unknown): boolean =>
	error instanceof Error &&
	'code' in error &&
	/^(EPIPE|ECONNRESET|ERR_STREAM_PREMATURE_CLOSE)$/.test(String(error.code));

/** git-fast-import(1), "INPUT FORMAT". */
async function* writeCommit(
	files: AsyncIterable<FileChange>,
	{parent, dates, message}: NewCommit,
): AsyncGenerator<Buffer | string> {
	yield `commit ${metadataRef}\n${formatAuthor(dates)}`;
	yield* writeData(message);
	if (parent !== undefined) {
		yield `from ${metadataRef}^0\n`;
	}

	for await (const change of files) {
		yield `M 100644 inline ${change.path}\n`;
		yield* 'text' in change ? writeData(Buffer.from(change.text)) : writeFile(change.file);
	}

	yield 'done\n';
}

function* writeData(content: Buffer): Generator<Buffer | string> {
	yield `data ${content.length}\n`;
	yield content;
	yield '\n';
}

/** The length comes first, so a file that grows meanwhile is cut to it, and a shorter one is refused. */
async function* writeFile(path: string): AsyncGenerator<Buffer | string> {
	const handle = await open(path, 'r');
	try {
		const {size} = await handle.stat();
		yield `data ${size}\n`;
		let left = size;
		if (size > 0) {
			for await (const chunk of handle.createReadStream({end: size - 1, autoClose: false})) {
				left -= chunk.length;
				yield chunk;
			}
		}

		if (left !== 0) {
			throw new Error(`${path} became shorter while it was read`);
		}

		yield '\n';
	} finally {
		await handle.close();
	}
}

/** git would read quotes and line feeds as its own, and others may lead out of the folder. */
const requirePlain = (path: string): void => {
	if (!/^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/.test(path)) {
		throw new Error('a file of metadata has a path that is not made of plain names');
	}
};

/**
 * A git that was killed or refused its input leaves a report, half a pack and the lock of the branch.
 * Only one run works in a source's folder, so none of them is in use.
 */
const removeLeftovers = async (mirror: string): Promise<void> => {
	const packs = join(mirror, 'objects', 'pack');
	const reports = (await readdir(mirror)).filter((name) => /^fast_import_crash_\d+$/.test(name));
	const parts = ((await readdir(packs).catch(orNothing(packs))) ?? []).filter((name) =>
		name.startsWith('tmp_'),
	);
	const paths = [
		...reports.map((name) => join(mirror, name)),
		...parts.map((name) => join(packs, name)),
		join(mirror, `${metadataRef}.lock`),
	];
	await Promise.all(paths.map((path) => rm(path, {force: true})));
};
