import {createHash} from 'node:crypto';
import {stat} from 'node:fs/promises';
import {join} from 'node:path';
import {FailureError} from '../../../domain/failure/failure.ts';
import type {FetchOptions} from '../../../ports/git-transfers.ts';
import {type TransferLimits, transferLimits} from '../../network/transfer-limits.ts';
import {type Hash, hashOf} from '../mirror.ts';
import {heldByUs, listPackFiles, packFolder, removePack} from '../objects/pack-files.ts';
import {findAbsent} from '../objects/pack-index.ts';
import {onDisk} from '../run-git.ts';
import type {StartGit} from '../start-git.ts';
import {readAcknowledgments} from './acknowledgments.ts';
import {createFetchAnswerReader, NoPack} from './fetch-answer.ts';
import {feedIndexPack, moreThanOnePack, type PackIndexer} from './index-pack.ts';
import {pktLine} from './pkt-line.ts';
import {createProgressReader, watchSpeed} from './progress.ts';
import {refuse} from './ref-list.ts';
import {trickled} from './run-transfer.ts';

/** Sends a request of git's protocol, version 2, and gives the bytes of the answer as they come. */
export type RequestPack = (url: string, request: PackRequest) => Promise<AsyncIterable<Buffer>>;

export type PackRequest = {
	/** pkt-lines of git's protocol, version 2 (gitprotocol-v2). */
	readonly body: string;
	readonly signal: AbortSignal;
	/** Milliseconds without a byte while one is waited for. */
	readonly maxSilence: number;
};

export type Wish = {
	/** Objects that are to come, with all that they reach. */
	readonly wants: ReadonlySet<string>;
	/** Objects that are here with all that they reach: the server leaves those out. */
	readonly haves: readonly string[];
	/**
	 * The haves are somewhere else. So the pack must not need them, and the server is asked first which
	 * of them it knows.
	 */
	readonly areElsewhere?: true;
};

export type BroughtPack = {
	/** Its path without the ending. */
	readonly path: string;
	/** Bytes that came. */
	readonly received: number;
	/** The haves that it builds on. */
	readonly acknowledged: readonly string[];
	/** Takes the pack out of the mirror again, unless it was there before. */
	remove(): Promise<void>;
};

/**
 * Brings a pack into a mirror with one request over a connection that is open already, where git
 * would make a new one and ask three times. Gives undefined if only git may understand the
 * server. Then, and when it throws, the mirror is as it was. The pack is held until `releasePacks`.
 *
 * Without `haves` the pack is known to hold all that was wanted, with everything it reaches. With
 * `haves` the caller has to find out.
 */
export type FetchDirectly = (
	mirror: string,
	url: string,
	wish: Wish,
	options: FetchOptions,
) => Promise<BroughtPack | undefined>;

export const directFetch = (
	requestPack: RequestPack,
	start: StartGit,
	redact: (text: string) => string,
	limits: TransferLimits = transferLimits,
): FetchDirectly => {
	/**
	 * A server that answered in a foreign way is asked no more, unless it has sent a pack: others may
	 * have been under way.
	 */
	let objection: string | undefined;
	let hasSentPack = false;

	const ask = async (
		url: string,
		wish: Wish,
		signal: AbortSignal,
		isWatched: boolean,
		isOffer = false,
	): Promise<AsyncIterable<Buffer>> => {
		if (objection !== undefined) {
			throw new NoPack(objection, true);
		}

		try {
			return await requestPack(url, {
				body: formatRequest(wish, isWatched, isOffer),
				signal,
				// A server that is asked for its progress prints all the time.
				maxSilence: 1000 * (isWatched ? limits.maxSilence : limits.maxTrickle),
			});
		} catch (error) {
			throw error instanceof FailureError && error.failure.kind === 'unexpected-answer'
				? new NoPack(error.failure.detail, true)
				: error;
		}
	};

	/** Asks for a pack. If the haves are elsewhere, offers them first: the pack builds on those it knows. */
	const negotiate = async (
		url: string,
		wish: Wish,
		signal: AbortSignal,
		isWatched: boolean,
	): Promise<{readonly known: Wish; readonly answer: AsyncIterable<Buffer>}> => {
		if (wish.areElsewhere !== true || wish.haves.length === 0) {
			return {known: wish, answer: await ask(url, wish, signal, isWatched)};
		}

		const offer = await ask(url, wish, signal, isWatched, true);
		const {oids, pack} = await readAcknowledgments(offer, new Set(wish.haves), redact);
		const known = {...wish, haves: oids};
		return {known, answer: pack ?? (await ask(url, known, signal, isWatched))};
	};

	const startIndexer = async (
		mirror: string,
		wish: Wish,
		{onProgress}: FetchOptions,
		signal: AbortSignal,
	): Promise<PackIndexer> => {
		const check = isThin(wish)
			? ['--fix-thin']
			: wish.haves.length === 0
				? ['--check-self-contained-and-connected']
				: [];
		const verbose = onProgress === undefined ? [] : ['-v'];
		const hold = `--keep=${heldByUs}`;
		const git = await start(mirror, ['index-pack', '--stdin', ...check, hold, ...verbose]);
		const readProgress = createProgressReader({onProgress});
		git.stderr.on('data', (piece: Buffer) => readProgress(piece.toString('utf8')));
		return feedIndexPack(git, mirror, signal);
	};

	const bring = async (
		mirror: string,
		url: string,
		wish: Wish,
		options: FetchOptions,
	): Promise<BroughtPack> => {
		const before = await listPackFiles(mirror);
		const tooSlow = new AbortController();
		const signal = AbortSignal.any([options.signal, tooSlow.signal]);
		const speed = watchSpeed(limits, () => tooSlow.abort(new FailureError(trickled(limits))));
		const reader = createFetchAnswerReader(createProgressReader(options), redact);
		const checksum = isThin(wish) ? createChecksum(hashOf(wish.wants)) : undefined;
		let indexer: PackIndexer | undefined;
		let received = 0;
		let id: string | undefined;
		const remove = (): Promise<void> => removePack(mirror, before, id);
		try {
			const isWatched = options.onProgress !== undefined;
			const {known, answer} = await negotiate(url, wish, signal, isWatched);
			for await (const chunk of answer) {
				for (const piece of reader.push(chunk)) {
					received += piece.length;
					speed.count(piece.length);
					checksum?.update(piece);
					indexer ??= await startIndexer(mirror, known, options, signal);
					await indexer.take(piece);
				}
			}

			reader.finish();
			speed.stop();
			hasSentPack = true;
			objection = undefined;
			id = await indexer?.finish();
			const path = await onDisk(mirror, () => requireWhole(mirror, id, known, received, checksum));
			return {path, received, acknowledged: known.haves, remove};
		} catch (error) {
			await indexer?.stop();
			await remove();
			throw error;
		} finally {
			speed.stop();
		}
	};

	return async (mirror, url, wish, options) => {
		try {
			return await bring(mirror, url, wish, options);
		} catch (error) {
			if (!(error instanceof NoPack)) {
				throw error;
			}

			if (error.isForeign && !hasSentPack) {
				objection = error.message;
			}

			options.onFallBack(error.message);
			return undefined;
		}
	};
};

/** May the pack leave out objects that its deltas are made against? Those have to be here. */
const isThin = ({haves, areElsewhere}: Wish): boolean => haves.length > 0 && areElsewhere !== true;

/**
 * gitprotocol-v2, "fetch". With `done` the server does not answer before it sends the pack. Without
 * it, in an offer, it says which of the haves it knows.
 */
const formatRequest = (wish: Wish, isWatched: boolean, isOffer: boolean): string =>
	[
		pktLine('command=fetch'),
		...(hashOf(wish.wants) === 'sha1' ? [] : [pktLine('object-format=sha256')]),
		'0001',
		...(isThin(wish) ? [pktLine('thin-pack')] : []),
		...(isWatched ? [] : [pktLine('no-progress')]),
		pktLine('ofs-delta'),
		...[...wish.wants].map((oid) => pktLine(`want ${oid}`)),
		...wish.haves.map((oid) => pktLine(`have ${oid}`)),
		...(isOffer ? [] : [pktLine('done')]),
		'0000',
	].join('');

/** The hash at the end of a pack, over all that precedes it (gitformat-pack). */
type Checksum = {
	update(piece: Buffer): void;
	isRight(): boolean;
};

const createChecksum = (algorithm: Hash): Checksum => {
	const hash = createHash(algorithm);
	const length = algorithm === 'sha1' ? 20 : 32;
	let end: Buffer = Buffer.alloc(0);
	return {
		update: (piece) => {
			const open = piece.length < length ? Buffer.concat([end, piece]) : piece;
			if (open === piece) {
				hash.update(end);
			}

			hash.update(open.subarray(0, Math.max(0, open.length - length)));
			end = open.subarray(Math.max(0, open.length - length));
		},
		isRight: () => hash.digest().equals(end),
	};
};

/**
 * Gives the path of the pack without its ending.
 *
 * git stops reading where a pack ends, so bytes behind it would go unseen. A thin pack was completed
 * with objects of the mirror, and only its checksum tells its end.
 */
const requireWhole = async (
	mirror: string,
	id: string | undefined,
	{wants, haves}: Wish,
	received: number,
	checksum: Checksum | undefined,
): Promise<string> => {
	if (id === undefined) {
		throw refuse('the pack is empty');
	}

	const path = join(mirror, packFolder, `pack-${id}`);
	const isOnePack =
		checksum === undefined ? (await stat(`${path}.pack`)).size === received : checksum.isRight();
	if (!isOnePack) {
		throw new FailureError(moreThanOnePack);
	}

	if (haves.length === 0 && (await findAbsent(`${path}.idx`, wants)).size > 0) {
		throw refuse('it did not send all that was asked for');
	}

	return path;
};
