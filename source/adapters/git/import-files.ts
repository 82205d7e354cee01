import {open, readdir, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {text} from 'node:stream/consumers';
import {pipeline} from 'node:stream/promises';
import {FailureError} from '../../domain/failure/failure.ts';
import {readSeconds} from '../../domain/text/format.ts';
import type {FileChange, GitMetadata, ImportOptions} from '../../ports/git-metadata.ts';
import {orNothing} from '../files/file-failure.ts';
import {historyAuthor} from './history.ts';
import {readLoose} from './loose-objects.ts';
import {readRefFiles} from './ref-files.ts';
import {GitExit, inMirror, onDisk, type RunGit} from './run-git.ts';
import type {StartGit} from './start-git.ts';

/** The one branch of a repository of metadata. */
export const metadataRef = 'refs/heads/main';

export const importMethods = (
	run: RunGit,
	start: StartGit,
): Pick<GitMetadata, 'importFiles' | 'readMetadataTip'> => {
	const git = inMirror(run);
	const readTip = async (mirror: string): Promise<string | undefined> =>
		(await readRefFiles(mirror)).get(metadataRef);
	/** Usually a small commit, so git has left it in a file of its own. */
	const readDate = async (mirror: string, commit: string): Promise<number> =>
		(await readLooseDate(mirror, commit).catch(() => undefined)) ??
		readSeconds(await git(mirror, ['log', '-1', '--format=%ct', commit]));
	return {
		readMetadataTip: readTip,
		importFiles: (mirror, files, options) =>
			onDisk(mirror, async () => {
				await removeLeftovers(mirror);
				const parent = await readTip(mirror);
				const newest = parent === undefined ? undefined : await readDate(mirror, parent);
				await feed(start, mirror, writeCommit(files, options, newest));
				const tip = await readTip(mirror);
				if (tip === undefined || tip === parent) {
					const detail = 'git fast-import ended well and moved no branch';
					throw new FailureError({kind: 'git-failed', detail});
				}

				return tip;
			}),
	};
};

const readLooseDate = async (mirror: string, commit: string): Promise<number | undefined> => {
	const {content} = await readLoose(mirror, commit);
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
	files: Iterable<FileChange> | AsyncIterable<FileChange>,
	{message, at}: ImportOptions,
	newest: number | undefined,
): AsyncGenerator<Buffer | string> {
	// As in a mirror's history: each commit is later than the last, so that `--at` finds one, and the
	// author's date is the clock's.
	const clock = Math.trunc(at / 1000);
	const date = newest === undefined ? clock : Math.max(clock, newest / 1000 + 1);
	const author = `Cistern <${historyAuthor}>`;
	yield `commit ${metadataRef}\nauthor ${author} ${clock} +0000\ncommitter ${author} ${date} +0000\n`;
	yield* writeText(message);
	if (newest !== undefined) {
		yield `from ${metadataRef}^0\n`;
	}

	for await (const change of files) {
		yield `M 100644 inline ${requirePlain(change.path)}\n`;
		yield* 'text' in change ? writeText(change.text) : writeFile(change.file);
	}

	yield 'done\n';
}

function* writeText(content: string): Generator<Buffer | string> {
	yield `data ${Buffer.byteLength(content)}\n${content}\n`;
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
const requirePlain = (path: string): string => {
	if (!/^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/.test(path)) {
		throw new Error('a file of metadata has a path that is not made of plain names');
	}

	return path;
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
