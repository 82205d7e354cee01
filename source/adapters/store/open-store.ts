import {createHash, hash} from 'node:crypto';
import {createReadStream, createWriteStream} from 'node:fs';
import {pipeline} from 'node:stream/promises';
import {StringDecoder} from 'node:string_decoder';
import {promisify} from 'node:util';
import {constants, createGunzip, gzip} from 'node:zlib';
import {type Failure, FailureError} from '../../domain/failure/failure.ts';
import type {StoreSettings} from '../../domain/settings/settings.ts';
import {isSealed} from '../../domain/store/names.ts';
import {
	plain,
	type Reading,
	type SealedContent,
	type SealedStore,
	type Sealer,
	type Store,
} from '../../ports/store.ts';
import {asFileFailure} from '../files/file-failure.ts';
import {splitAt} from '../pieces.ts';
import {ageSealer, recipientOf} from '../seal/age.ts';
import {openFolderStore} from './folder.ts';
import {openS3, type S3Tools} from './s3.ts';

/** Opens a store of the settings, with everything that seals and opens its content. */
export const openStore = (settings: StoreSettings, tools: S3Tools): SealedStore => {
	const {title, place, recipients} = settings;
	const store: Store =
		place.type === 'folder' ? openFolderStore({title, path: place.path}) : openS3(place, tools);
	const keys: Keys =
		recipients === 'none' ? {sealer: plain, recipients: []} : {sealer: ageSealer, recipients};
	return {
		...store,
		suffix: keys.sealer.suffix,
		sealText: async (text) => sealBytes(await withRunner(keys, settings), Buffer.from(text)),
		sealCompressed: async (pieces) => sealBytes(await withRunner(keys, settings), compress(pieces)),
		sealInto: async (file, content, signal, isForRunner = false) => {
			try {
				const pieces = 'file' in content ? createReadStream(content.file) : content;
				const all = isForRunner ? await withRunner(keys, settings) : keys;
				return await sealInto(all, file, pieces, signal);
			} catch (error) {
				signal.throwIfAborted();
				throw asFileFailure(error, file);
			}
		},
		open: (name, reading) => open(store, name, reading),
		openText: async (name, {identities, signal}) => {
			const object = {store: title, name};
			const content = unseal(await get(store, name, {identities, signal}), identities, object);
			let text = '';
			for await (const piece of piecesOf(content, object)) {
				text += piece;
			}

			return text;
		},
		openPieces: async (name, {identities, isContent, signal}) => {
			const object = {store: title, name};
			const detail = 'its SHA-256 is not the one in its name';
			const sealed = await get(store, name, {identities, signal});
			const checked = compared(sealed, isContent, object, detail);
			return piecesOf(unseal(checked, identities, object), object);
		},
		openInto: async (file, name, reading) => {
			const content = await open(store, name, reading);
			try {
				const target = createWriteStream(file, {flags: 'wx', mode: 0o400, flush: true});
				await pipeline(content, target, {signal: reading.signal});
			} catch (error) {
				reading.signal.throwIfAborted();
				throw asFileFailure(error, file);
			}
		},
	};
};

type Keys = {readonly sealer: Sealer; readonly recipients: readonly string[]};

/** Runs without a folder read index objects and steps, which are texts, and some bundles. */
const withRunner = async (keys: Keys, {recipients, runner}: StoreSettings): Promise<Keys> =>
	runner === undefined || recipients === 'none'
		? keys
		: {...keys, recipients: [...keys.recipients, await recipientOf(runner.reveal())]};

/** An object that nothing could open is not asked for: an answer that is not read holds its connection. */
const get = async (
	store: Store,
	name: string,
	{identities, signal}: Pick<Reading, 'identities' | 'signal'>,
): Promise<AsyncIterable<Uint8Array>> => {
	if (isSealed(name) && identities.length === 0) {
		const detail = 'it is sealed, and no secret key was given';
		throw new FailureError({kind: 'identity-refused', store: store.title, detail});
	}

	return store.get(name, signal);
};

/** A sealer does not know the name of what it opens. */
async function* unseal(
	content: AsyncIterable<Uint8Array>,
	identities: readonly string[],
	object: ObjectName,
): AsyncGenerator<Uint8Array> {
	try {
		yield* (isSealed(object.name) ? ageSealer : plain).open(content, identities);
	} catch (error) {
		throw error instanceof FailureError ? new FailureError(named(error.failure, object)) : error;
	}
}

const named = (failure: Failure, object: ObjectName): Failure => {
	switch (failure.kind) {
		case 'object-damaged':
			return {...failure, ...object};
		case 'identity-refused':
			return {...failure, store: object.store};
		default:
			return failure;
	}
};

/**
 * Characters that are compressed by themselves. The index of a very large workspace has many times as
 * many. With four times as many, a shard takes 5 MiB more, and its index is a hundredth smaller.
 */
const memberLength = 256 * 1024;

/** Bytes that zlib gives at once. A member has fewer, so each comes in one piece. */
const chunkSize = 64 * 1024;

/**
 * In members of gzip, which every reader takes for one content (RFC 1952), so that two cores work at
 * once. Better compression makes an index three hundredths smaller, and takes twice as long.
 */
const compress = async (pieces: Iterable<string>): Promise<Buffer> => {
	const members: Promise<Buffer>[] = [];
	for (const text of joined(pieces, memberLength)) {
		await members.at(-2);
		members.push(promisify(gzip)(text, {level: constants.Z_BEST_SPEED, chunkSize}));
	}

	return Buffer.concat(await Promise.all(members));
};

/** Texts of about so many characters, at least one. */
function* joined(pieces: Iterable<string>, length: number): Generator<string> {
	let held: string[] = [];
	let size = 0;
	for (const piece of pieces) {
		held.push(piece);
		size += piece.length;
		if (size >= length) {
			yield held.join('');
			held = [];
			size = 0;
		}
	}

	yield held.join('');
}

/** The header of a sealed file needs none of its content, so the content may still be on its way. */
const sealBytes = async (
	{sealer, recipients}: Keys,
	coming: Uint8Array | Promise<Uint8Array>,
): Promise<SealedContent> => {
	const [content, pieces] = await Promise.all([
		coming,
		Array.fromAsync(sealer.seal(only(coming), recipients)),
	]);
	const sealed = Buffer.concat(pieces);
	return {
		content: sealed,
		size: sealed.length,
		sha256: hash('sha256', sealed),
		md5: hash('md5', sealed),
		plain: hash('sha256', content),
	};
};

/** Bytes. Most of what is sent is smaller, and needs no file on its way. */
const mostInMemory = 1024 * 1024;

const sealInto = async (
	keys: Keys,
	file: string,
	content: AsyncIterable<Uint8Array>,
	signal: AbortSignal,
): Promise<SealedContent> => {
	const {begin, rest} = await splitAt(content, ({length}) => (length > mostInMemory ? 0 : -1));
	return rest === undefined ? sealBytes(keys, begin) : sealIntoFile(keys, file, rest, signal);
};

/** Takes all hashes while the content goes by: it may be gigabytes. */
const sealIntoFile = async (
	{sealer, recipients}: Keys,
	file: string,
	content: AsyncIterable<Uint8Array>,
	signal: AbortSignal,
): Promise<SealedContent> => {
	const before = createHash('sha256');
	const sha256 = createHash('sha256');
	const md5 = createHash('md5');
	let size = 0;
	const sealed = sealer.seal(
		passing(content, (piece) => before.update(piece)),
		recipients,
	);
	const counted = passing(sealed, (piece) => {
		sha256.update(piece);
		md5.update(piece);
		size += piece.length;
	});
	await pipeline(counted, createWriteStream(file, {flags: 'wx', mode: 0o600}), {signal});
	return {
		content: {file},
		size,
		sha256: sha256.digest('hex'),
		md5: md5.digest('hex'),
		plain: before.digest('hex'),
	};
};

const open = async (
	store: Store,
	name: string,
	{identities, known, signal}: Reading,
): Promise<AsyncIterable<Uint8Array>> => {
	const content = await get(store, name, {identities, signal});
	const object = {store: store.title, name};
	if (known === undefined) {
		return unseal(content, identities, object);
	}

	const is = (hash: string) => (read: string) => read === hash;
	const checked = compared(content, is(known.sha256), object, 'its SHA-256 is another one');
	const opened = unseal(checked, identities, object);
	return compared(opened, is(known.plain), object, 'its content is another one');
};

type ObjectName = {readonly store: string; readonly name: string};

/** Throws after the last piece if the content is not the one with the right SHA-256. */
async function* compared(
	content: AsyncIterable<Uint8Array>,
	isRight: (sha256: string) => boolean,
	object: ObjectName,
	detail: string,
): AsyncGenerator<Uint8Array> {
	const read = createHash('sha256');
	yield* passing(content, (piece) => read.update(piece));
	if (!isRight(read.digest('hex'))) {
		throw new FailureError({kind: 'object-damaged', ...object, detail});
	}
}

async function* passing(
	content: AsyncIterable<Uint8Array>,
	see: (piece: Uint8Array) => void,
): AsyncGenerator<Uint8Array> {
	for await (const piece of content) {
		see(piece);
		yield piece;
	}
}

async function* only(content: Uint8Array | Promise<Uint8Array>): AsyncGenerator<Uint8Array> {
	yield content;
}

/** Bytes that zlib gives at once where the text is read piece by piece. */
const pieceSize = 64 * 1024;

/** Bytes, so that one string of V8 can hold it. An index of a million repositories is smaller. */
const longestText = 500 * 1024 * 1024;

const isCompressed = ({name}: ObjectName): boolean => /\.gz(\.age)?$/.test(name);

async function* piecesOf(
	content: AsyncIterable<Uint8Array>,
	object: ObjectName,
): AsyncGenerator<string> {
	const decoder = new StringDecoder('utf8');
	let length = 0;
	for await (const piece of isCompressed(object) ? decompress(content, object) : content) {
		length += piece.length;
		if (length > longestText) {
			throw new FailureError({kind: 'object-damaged', ...object, detail: 'it is too long'});
		}

		yield decoder.write(piece);
	}

	yield decoder.end();
}

async function* decompress(
	content: AsyncIterable<Uint8Array>,
	object: ObjectName,
): AsyncGenerator<Uint8Array> {
	const opened = createGunzip({chunkSize: pieceSize});
	const fed = pipeline(content, opened);
	fed.catch(() => undefined);
	try {
		yield* opened;

		await fed;
	} catch (error) {
		throw isOfZlib(error)
			? new FailureError({kind: 'object-damaged', ...object, detail: error.message})
			: error;
	}
}

const isOfZlib = (error: unknown): error is Error =>
	error instanceof Error && 'code' in error && String(error.code).startsWith('Z_');
