import {pipeline} from 'node:stream/promises';
import {parsePointer, pointerSize} from '../../domain/lfs/pointer.ts';
import type {FoundPointer, LfsPointers, PointerSearch} from '../../ports/lfs.ts';
import {textOf} from '../byte-text.ts';
import {readBatch} from './batch-output.ts';
import {blameRights} from './mirror-files.ts';
import {readSmallMirror, readSmallPack, type StoredBlob} from './objects/pack-blobs.ts';
import {asMirrorFailure, inMirror, type RunGit} from './run-git.ts';
import {linesIn, requireEnd, type StartedGit, type StartGit} from './start-git.ts';
import type {FreshPacks} from './transfer/fresh-packs.ts';

/** Finds LFS pointers with git alone: `git lfs ls-files --all` takes ten times as long. */
export const pointerMethods = (
	run: RunGit,
	start: StartGit,
	freshPacks: FreshPacks,
): LfsPointers => {
	const git = inMirror(run);
	return {
		findPointers: async function* (mirror, search, signal) {
			signal.throwIfAborted();
			const blobs = await readSmallBlobs(mirror, search, freshPacks);
			yield* blobs === undefined
				? findWithGit(start, mirror, search, signal)
				: pointersAmong(blobs);
		},
		findCommitWith: async (mirror, blob, signal) => {
			const everything = ['--exclude=refs/cistern/history', '--all'];
			const changes = ['--raw', '--no-abbrev', '--no-renames', `--find-object=${blob}`];
			const args = ['log', '-1', '--format=%H %P', ...changes, ...everything];
			const text = await git(mirror, args, {signal});
			const [commit, parent] = text.split('\n', 1)[0]?.split(' ') ?? [];
			// Its line in `--raw` names the blob before and after. A commit that takes it away is one too late.
			const isAdded = new RegExp(`^:\\d+ \\d+ [\\da-f]+ ${blob} `, 'm').test(text);
			const oid = isAdded ? commit : parent;
			if (oid === undefined || oid === '') {
				return undefined;
			}

			const at = await git(mirror, ['log', '-1', '--format=%cI', oid], {signal});
			return {oid, at: at.trim()};
		},
		readLfsServers: async (mirror) => {
			// Without includes: git would read any file of this machine that the text names.
			const source = ['--blob', 'HEAD:.lfsconfig', '--no-includes'];
			const args = ['config', ...source, '-z', '--get-regexp', '^lfs\\.url$|\\.lfsurl$'];
			// 1: no such key; 128: no such file, or one that cannot be read.
			const text = await git(mirror, args, {answers: [1, 128]});
			return text
				.split('\0')
				.map((entry) => entry.slice(entry.indexOf('\n') + 1))
				.filter((url) => url !== '');
		},
	};
};

/** Undefined where only git can find them: among many objects, or where they did not come together. */
const readSmallBlobs = async (
	mirror: string,
	search: PointerSearch,
	freshPacks: FreshPacks,
): Promise<readonly StoredBlob[] | undefined> => {
	if (search.of === 'objects') {
		return readSmallMirror(mirror, isPointerSize);
	}

	const pack = search.of === 'tips' ? freshPacks.find(mirror, search) : undefined;
	return pack === undefined ? undefined : readSmallPack(pack, isPointerSize);
};

/**
 * The first git lists blobs, the second reads them. Each waits while its reader is busy. Where the
 * first finds none, the second is not started.
 */
async function* findWithGit(
	start: StartGit,
	mirror: string,
	search: PointerSearch,
	signal: AbortSignal,
): AsyncGenerator<FoundPointer> {
	const started: StartedGit[] = [];
	const startOne = async (args: readonly string[]): Promise<StartedGit> => {
		const git = await start(mirror, args);
		started.push(git);
		return git;
	};
	const kill = (): void => {
		for (const git of started) {
			git.kill();
		}
	};
	signal.addEventListener('abort', kill);
	try {
		yield* readListed(startOne, search);
		signal.throwIfAborted();
	} catch (error) {
		signal.throwIfAborted();
		throw await blameRights(asMirrorFailure(error, mirror), mirror);
	} finally {
		signal.removeEventListener('abort', kill);
		kill();
	}
}

/** The ids of all commits that are here, a line each. */
const listCommits = async (start: StartOne): Promise<string> => {
	const lister = await start(listArguments({of: 'objects'}));
	lister.stdin.end();
	const commits: string[] = [];
	for await (const lines of linesIn(lister.stdout)) {
		commits.push(...lines.flatMap((line) => /^commit \d+ (.*)$/.exec(line)?.[1] ?? []));
	}

	await requireEnd(lister);
	return commits.map((oid) => `${oid}\n`).join('');
};

type StartOne = (args: readonly string[]) => Promise<StartedGit>;

async function* readListed(start: StartOne, search: PointerSearch): AsyncGenerator<FoundPointer> {
	const lister = await start(listArguments(search));
	const input = search.of === 'commits' ? await listCommits(start) : inputOf(search);
	lister.stdin.end(input);
	const ids = selectBlobs(search, lister.stdout);
	const first = await ids.next();
	if (first.done !== true) {
		const reader = await start(['cat-file', '--buffer', `--batch=${blobFormat}`]);
		const passing = pipeline(async function* () {
			yield first.value;
			yield* ids;
		}, reader.stdin);
		passing.catch(() => undefined);
		yield* readPointers(reader.stdout);
		await requireEnd(reader);
		await passing;
	}

	await requireEnd(lister);
}

function* pointersAmong(blobs: readonly StoredBlob[]): Generator<FoundPointer> {
	for (const {oid: blob, content} of blobs) {
		const pointer = parsePointer(content.toString('latin1'));
		if (pointer !== undefined) {
			yield {...pointer, blob, path: undefined};
		}
	}
}

/** `%(rest)` is the part of a question behind the id: the path, if the search told one. */
const blobFormat = '%(objectname) %(objecttype) %(objectsize) %(rest)';

const listArguments = (search: PointerSearch): readonly string[] => {
	if (search.of === 'objects') {
		const format = '--batch-check=%(objecttype) %(objectsize) %(objectname)';
		return ['cat-file', '--batch-all-objects', '--unordered', '--buffer', format];
	}

	const filters = [`--filter=blob:limit=${pointerSize.most + 1}`, '--filter=object:type=blob'];
	// git reads its input at once at `--stdin`: only an option before it counts there.
	return ['rev-list', '--objects', ...filters, ...beginnings[search.of]];
};

const beginnings = {
	refs: ['--all'],
	commits: ['--no-walk=unsorted', '--missing=allow-any', '--stdin'],
	tips: ['--ignore-missing', '--stdin'],
};

/** Without `--not`, which git refuses on standard input before 2.42. */
const inputOf = (search: PointerSearch): string =>
	search.of === 'tips'
		? [...search.tips, ...search.known.map((oid) => `^${oid}`)].map((line) => `${line}\n`).join('')
		: '';

type Chunks = AsyncIterable<Buffer>;

/**
 * Gives the lines about blobs that may be pointers, with what stands behind an id. Of a search from
 * tips git lists the tips as well, which are commits where they are branches.
 */
async function* selectBlobs(search: PointerSearch, listing: Chunks): AsyncGenerator<Buffer> {
	const commits = new Set(search.of === 'tips' ? search.commits : []);
	for await (const lines of linesIn(listing)) {
		const blobs = lines.flatMap((line) => {
			if (search.of !== 'objects') {
				return commits.has(line.trimEnd()) ? [] : [`${line}\n`];
			}

			const [type, size, oid] = line.split(' ');
			return type === 'blob' && isPointerSize(Number(size)) ? [`${oid}\n`] : [];
		});
		if (blobs.length > 0) {
			yield Buffer.from(blobs.join(''), 'latin1');
		}
	}
}

const isPointerSize = (size: number): boolean =>
	size >= pointerSize.least && size <= pointerSize.most;

/** The tips that were named for a search come too, whatever they are. */
async function* readPointers(output: Chunks): AsyncGenerator<FoundPointer> {
	const mayBePointer = (type: string, size: number) => type === 'blob' && isPointerSize(size);
	for await (const found of readBatch(output, mayBePointer)) {
		if (found?.content !== undefined) {
			const pointer = parsePointer(found.content.toString('latin1'));
			yield* pointer === undefined ? [] : [{...pointer, blob: found.oid, path: pathOf(found.rest)}];
		}
	}
}

const pathOf = (path: string): string | undefined =>
	path === '' ? undefined : textOf(Buffer.from(path, 'latin1'));
