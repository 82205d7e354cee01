import {createCipheriv, createDecipheriv, hkdfSync, randomBytes} from 'node:crypto';
import {splitAt} from '../pieces.ts';

/**
 * The payload of the format of age (age-encryption.org/v1): a nonce, and the content in chunks, each
 * sealed with ChaCha20-Poly1305. By hand, because Node's own cipher is four times as fast as that of
 * the library, which is written in JavaScript.
 */

const nonceLength = 16;
const chunkLength = 64 * 1024;
const tagLength = 16;
const cipher = 'chacha20-poly1305';

/** `fileKey`: of this file alone, as its header hands it to the recipients. */
export async function* sealPayload(
	fileKey: Uint8Array,
	content: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
	const nonce = randomBytes(nonceLength);
	yield nonce;
	const key = keyOf(fileKey, nonce);
	for await (const {index, bytes, isLast} of chunksOf(content, chunkLength)) {
		const sealer = createCipheriv(cipher, key, chunkNonce(index, isLast), {
			authTagLength: tagLength,
		});
		yield Buffer.concat([sealer.update(bytes), sealer.final(), sealer.getAuthTag()]);
	}
}

/** Throws where the content was changed or cut, before it gives the chunk that shows it. */
export async function* openPayload(
	fileKey: Uint8Array,
	content: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
	const {begin: nonce, rest} = await splitAt(content, () => nonceLength);
	if (rest === undefined) {
		throw cutShort();
	}

	const key = keyOf(fileKey, nonce);
	for await (const {index, bytes, isLast} of chunksOf(rest, chunkLength + tagLength)) {
		if (bytes.length < tagLength || (index > 0 && bytes.length === tagLength)) {
			throw cutShort();
		}

		const opener = createDecipheriv(cipher, key, chunkNonce(index, isLast), {
			authTagLength: tagLength,
		});
		opener.setAuthTag(bytes.subarray(-tagLength));
		const opened = opener.update(bytes.subarray(0, -tagLength));
		opener.final();
		yield opened;
	}
}

const cutShort = (): Error => new Error('its end is missing');

const keyOf = (fileKey: Uint8Array, nonce: Uint8Array): Uint8Array =>
	new Uint8Array(hkdfSync('sha256', fileKey, nonce, 'payload', 32));

/** Eleven bytes that count the chunks, and one that tells the last of them. */
const chunkNonce = (index: number, isLast: boolean): Buffer => {
	const nonce = Buffer.alloc(12);
	nonce.writeUIntBE(index, 5, 6);
	nonce.writeUInt8(isLast ? 1 : 0, 11);
	return nonce;
};

type Chunk = {readonly index: number; readonly bytes: Buffer; readonly isLast: boolean};

/** All chunks are full but the last, which is empty only where there is nothing at all. */
async function* chunksOf(
	content: AsyncIterable<Uint8Array>,
	length: number,
): AsyncGenerator<Chunk> {
	let index = 0;
	let held: Buffer = Buffer.alloc(0);
	for await (const piece of content) {
		held = Buffer.concat([held, piece]);
		let start = 0;
		for (; held.length - start > length; start += length) {
			yield {index, bytes: held.subarray(start, start + length), isLast: false};
			index += 1;
		}

		held = held.subarray(start);
	}

	yield {index, bytes: held, isLast: true};
}
