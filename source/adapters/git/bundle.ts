import {text} from 'node:stream/consumers';
import {FailureError} from '../../domain/failure/failure.ts';
import type {GitBundles} from '../../ports/git.ts';
import {bytesOf} from '../byte-text.ts';
import {feedIndexPack} from './index-pack.ts';
import {hashOf} from './mirror.ts';
import {asMirrorFailure, GitExit} from './run-git.ts';
import type {StartedGit, StartGit} from './start-git.ts';

/**
 * Bundles: git's own files of refs and objects, which `git fetch` reads (git's "bundle-format").
 * Written under a header of our own, because `git bundle create` leaves out refs whose objects are
 * known, and goes by the names of refs where ids are meant.
 */
export const bundleMethods = (start: StartGit): GitBundles => ({
	makeBundle: async (mirror, {tips, known}, signal) => {
		const commits = await findCommits(start, mirror, known, signal);
		const pack = await start(mirror, [
			'pack-objects',
			'--revs',
			'--stdout',
			'--delta-base-offset',
			'--quiet',
			...(commits.length === 0 ? [] : ['--thin']),
		]);
		const wanted = new Set(tips.values());
		pack.stdin.end([...wanted, ...commits.map((oid) => `^${oid}`), ''].join('\n'));
		const pieces = readPack(pack, mirror, signal);
		const begin = await readBegin(pieces);
		// A ref that moved back needs no object.
		return isEmptyPack(begin)
			? undefined
			: joinPieces([formatHeader(tips, commits), begin], pieces);
	},
	unpackBundle: async (mirror, content, signal) => {
		const git = await start(mirror, ['index-pack', '--stdin', '--fix-thin']);
		const indexer = feedIndexPack(git, mirror, signal);
		try {
			for await (const piece of withoutHeader(content, mirror)) {
				await indexer.take(piece);
			}

			await indexer.finish();
		} catch (error) {
			await indexer.stop();
			throw error;
		}
	},
});

/**
 * The commits that these ids are or lead to, of those that the mirror has. Only a commit can be what a
 * bundle builds on: git refuses a bundle that builds on a tag.
 */
const findCommits = async (
	start: StartGit,
	mirror: string,
	oids: readonly string[],
	signal: AbortSignal,
): Promise<readonly string[]> => {
	if (oids.length === 0) {
		return [];
	}

	const git = await start(mirror, ['cat-file', '--batch-check=%(objectname) %(objecttype)']);
	const stop = (): void => void git.kill();
	signal.addEventListener('abort', stop);
	try {
		git.stdin.end(oids.map((oid) => `${oid}^{commit}\n`).join(''));
		const [lines, {exitCode, words}] = await Promise.all([text(git.stdout), git.ended]);
		if (exitCode !== 0) {
			throw asMirrorFailure(new GitExit(exitCode, {stdout: '', stderr: words}), mirror);
		}

		const found = lines.split('\n').flatMap((line) => /^([0-9a-f]+) commit$/.exec(line)?.[1] ?? []);
		return [...new Set(found)];
	} finally {
		signal.removeEventListener('abort', stop);
		signal.throwIfAborted();
	}
};

const formatHeader = (tips: ReadonlyMap<string, string>, commits: readonly string[]): Buffer => {
	const first =
		hashOf(tips.values()) === 'sha256'
			? '# v3 git bundle\n@object-format=sha256\n'
			: '# v2 git bundle\n';
	const lines = [
		...commits.map((oid) => `-${oid}\n`),
		...[...tips].map(([ref, oid]) => `${oid} ${ref}\n`),
	];
	return Buffer.concat([Buffer.from(first), bytesOf(lines.join('')), Buffer.from('\n')]);
};

/** Bytes before the objects of a pack: `PACK`, its version and their number (git's "pack-format"). */
const packHeader = 12;

const isEmptyPack = (begin: Buffer): boolean =>
	begin.length >= packHeader && begin.readUInt32BE(8) === 0;

/** The first pieces of a pack, with its header. Of an empty one, all, so that git's end is seen. */
const readBegin = async (pieces: AsyncGenerator<Buffer>): Promise<Buffer> => {
	let begin = Buffer.alloc(0);
	while (begin.length < packHeader || isEmptyPack(begin)) {
		const next = await pieces.next();
		if (next.done === true) {
			break;
		}

		begin = Buffer.concat([begin, next.value]);
	}

	return begin;
};

async function* joinPieces(
	first: readonly Buffer[],
	rest: AsyncIterable<Buffer>,
): AsyncGenerator<Uint8Array> {
	yield* first;
	yield* rest;
}

/** Throws after the last byte if git did not end well: what came before is then no whole pack. */
async function* readPack(
	git: StartedGit,
	mirror: string,
	signal: AbortSignal,
): AsyncGenerator<Buffer> {
	const stop = (): void => void git.kill();
	signal.addEventListener('abort', stop);
	try {
		yield* git.stdout as AsyncIterable<Buffer>;
		const {exitCode, words} = await git.ended;
		if (exitCode !== 0) {
			throw asMirrorFailure(new GitExit(exitCode, {stdout: '', stderr: words}), mirror);
		}
	} finally {
		signal.removeEventListener('abort', stop);
		git.kill();
		signal.throwIfAborted();
	}
}

/** No header of ours is longer. A store may hold anything. */
const longestHeader = 64 * 1024 * 1024;

/** The pack of a bundle. */
async function* withoutHeader(
	content: AsyncIterable<Uint8Array>,
	mirror: string,
): AsyncGenerator<Buffer> {
	let head: Buffer | undefined = Buffer.alloc(0);
	for await (const piece of content) {
		if (head === undefined) {
			yield Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
			continue;
		}

		head = Buffer.concat([head, piece]);
		const end = head.indexOf('\n\n');
		if (end !== -1) {
			yield head.subarray(end + 2);
			head = undefined;
		} else if (head.length > longestHeader) {
			break;
		}
	}

	if (head !== undefined) {
		const detail = 'a file that should be a bundle of git is none';
		throw new FailureError({kind: 'mirror-unusable', path: mirror, detail});
	}
}
