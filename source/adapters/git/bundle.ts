import {FailureError} from '../../domain/failure/failure.ts';
import type {Refs} from '../../domain/plan/repository.ts';
import type {GitBundles, KnownObjects} from '../../ports/git.ts';
import {bytesOf} from '../byte-text.ts';
import {splitAt} from '../pieces.ts';
import {hashOf} from './mirror.ts';
import {findNewObjects} from './objects/new-objects.ts';
import {makePack} from './objects/write-pack.ts';
import {asMirrorFailure} from './run-git.ts';
import {requireEnd, type StartedGit, type StartGit} from './start-git.ts';
import {readNews} from './transfer/hollow.ts';
import {feedIndexPack} from './transfer/index-pack.ts';

/**
 * Bundles: git's own files of refs and objects, which `git fetch` reads (git's "bundle-format").
 * Written under a header of our own, because `git bundle create` leaves out refs whose objects are
 * known, and goes by the names of refs where ids are meant.
 */
export const bundleMethods = (start: StartGit): GitBundles => ({
	makeBundle: async (mirror, {tips, known}, signal) => {
		const {pack, commits} =
			(await openNews(mirror, tips)) ??
			(await packFew(mirror, {tips, known}, signal)) ??
			(await startPack(start, mirror, {tips, known}, signal));
		// A ref that moved back needs no object.
		return pack && joinPieces(formatHeader(tips, commits), pack);
	},
	unpackBundle: async (mirror, content, signal) => {
		const git = await start(mirror, ['index-pack', '--stdin', '--fix-thin']);
		const indexer = feedIndexPack(git, mirror, signal);
		try {
			for await (const piece of await openPack(content, mirror)) {
				await indexer.take(piece);
			}

			await indexer.finish();
		} catch (error) {
			await indexer.stop();
			throw error;
		}
	},
});

type Contents = {readonly tips: Refs; readonly known: KnownObjects | undefined};

type Packing = {
	/** Undefined without an object. */
	readonly pack: AsyncIterable<Buffer> | Iterable<Buffer> | undefined;
	/** The commits that it builds on, as far as a bundle has to name them. */
	readonly commits: readonly string[];
};

/** Of a hollow mirror: what came, on top of what upstream knew. Undefined for any other. */
const openNews = async (mirror: string, tips: Refs): Promise<Packing | undefined> => {
	const news = await readNews(mirror);
	if (news !== undefined && news.pack === undefined && tips.size > 0) {
		// The step would name objects that no bundle has.
		const detail = `it lacks the objects of ${[...tips.keys()][0]}`;
		throw new FailureError({kind: 'mirror-unusable', path: mirror, detail});
	}

	return news && {pack: news.pack, commits: news.acknowledged};
};

/** Without a process. Undefined where there is much to pack. */
const packFew = async (
	mirror: string,
	{tips, known}: Contents,
	signal: AbortSignal,
): Promise<Packing | undefined> => {
	if (known === undefined) {
		return undefined;
	}

	const {commit} = known;
	const there = new Set([commit, ...known.tips]);
	const found = await findNewObjects(mirror, tips.values(), there, signal);
	return (
		found && {
			pack: found.objects.length === 0 ? undefined : [makePack(found.objects).pack],
			commits: found.isBased ? [commit] : [],
		}
	);
};

/** A mirror that was built anew may lack what was known of the old one: then all of it is packed. */
const startPack = async (
	start: StartGit,
	mirror: string,
	{tips, known}: Contents,
	signal: AbortSignal,
): Promise<Packing> => {
	try {
		const pack = await start(mirror, [
			'pack-objects',
			'--revs',
			'--stdout',
			'--delta-base-offset',
			'--quiet',
			...(known === undefined ? [] : ['--thin']),
		]);
		const left = known === undefined ? [] : [known.commit, ...known.tips];
		pack.stdin.end([...new Set(tips.values()), ...left.map((oid) => `^${oid}`), ''].join('\n'));
		return {
			pack: await ifFilled(readPack(pack, mirror, signal)),
			commits: known === undefined ? [] : [known.commit],
		};
	} catch (error) {
		if (known === undefined || signal.aborted) {
			throw error;
		}

		return startPack(start, mirror, {tips, known: undefined}, signal);
	}
};

/**
 * git refuses a bundle that builds on anything but a commit, and a tip may be a tag or a tree. One
 * commit that came with the last bundle is enough, and to know it, git need not be asked.
 */
const formatHeader = (tips: Refs, commits: readonly string[]): Buffer => {
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

/** The same pack. An empty one is read to its end, so that git's end is seen, and given as undefined. */
const ifFilled = async (
	pack: AsyncIterable<Buffer>,
): Promise<AsyncIterable<Buffer> | undefined> => {
	const hasObjects = (begin: Buffer): boolean =>
		begin.length >= packHeader && begin.readUInt32BE(8) > 0;
	return (await splitAt(pack, (begin) => (hasObjects(begin) ? 0 : -1))).rest;
};

async function* joinPieces(
	header: Buffer,
	pack: AsyncIterable<Buffer> | Iterable<Buffer>,
): AsyncGenerator<Uint8Array> {
	yield header;
	yield* pack;
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
		await requireEnd(git).catch((error: unknown) => {
			throw asMirrorFailure(error, mirror);
		});
	} finally {
		signal.removeEventListener('abort', stop);
		git.kill();
		signal.throwIfAborted();
	}
}

/** No header of ours is longer. A store may hold anything. */
const longestHeader = 64 * 1024 * 1024;

/** The pack of a bundle. */
const openPack = async (
	content: AsyncIterable<Uint8Array>,
	mirror: string,
): Promise<AsyncIterable<Buffer>> => {
	const detail = 'a file that should be a bundle of git is none';
	const noBundle = new FailureError({kind: 'mirror-unusable', path: mirror, detail});
	const {rest} = await splitAt(content, (begin) => {
		const end = begin.indexOf('\n\n');
		if (end === -1 && begin.length > longestHeader) {
			throw noBundle;
		}

		return end === -1 ? -1 : end + 2;
	});
	if (rest === undefined) {
		throw noBundle;
	}

	return rest;
};
