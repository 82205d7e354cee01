import {FailureError} from '../../domain/failure/failure.ts';
import {NoPack, requirePack} from './fetch-answer.ts';

/** The answer to an offer of objects. */
export type Acknowledged = {
	/** Those of the offered objects that the server has too. */
	readonly oids: readonly string[];
	/** The pack, which comes at once where all that is wanted leads to an offered object. */
	readonly pack: AsyncIterable<Buffer> | undefined;
};

/** Bytes: more than the answer to any offer of ours. */
const longestAnswer = 1024 * 1024;

/**
 * Reads the section "acknowledgments" of the answer to a `fetch` without `done` (gitprotocol-v2).
 * Throws `NoPack` for an answer that has none. `redact` takes the token out of the server's words.
 */
export const readAcknowledgments = async (
	answer: AsyncIterable<Buffer>,
	offered: ReadonlySet<string>,
	redact: (text: string) => string,
): Promise<Acknowledged> => {
	const chunks = answer[Symbol.asyncIterator]();
	const lines: string[] = [];
	let rest: Buffer = Buffer.alloc(0);
	for (let read = 0; read <= longestAnswer; ) {
		const packet = takePacket(rest);
		if (packet === undefined) {
			const next = await chunks.next();
			if (next.done === true) {
				throw new NoPack('its answer to an offer ended early', false);
			}

			read += next.value.length;
			rest = Buffer.concat([rest, next.value]);
			continue;
		}

		rest = packet.rest;
		if (packet.line === undefined) {
			const oids = readLines(lines, offered);
			return packet.isLast
				? {oids, pack: await endOf(chunks)}
				: {oids, pack: continueWith(rest, chunks)};
		}

		if (lines.length === 0 || packet.line.startsWith('ERR ')) {
			requireSection(redact(packet.line));
		}

		lines.push(packet.line);
	}

	throw new NoPack('its answer to an offer has no end', false);
};

type Packet = {
	/** Undefined for a mark that ends a section. */
	readonly line: string | undefined;
	/** Does nothing follow in this answer? */
	readonly isLast: boolean;
	readonly rest: Buffer;
};

/** The first pkt-line (gitprotocol-common), once it is whole. */
const takePacket = (bytes: Buffer): Packet | undefined => {
	const header = bytes.toString('latin1', 0, 4);
	if (header.length < 4) {
		return undefined;
	}

	const length = /^[\da-f]{4}$/i.test(header) ? Number.parseInt(header, 16) : -1;
	if (length === 0 || length === 1) {
		return {line: undefined, isLast: length === 0, rest: bytes.subarray(4)};
	}

	if (length <= 4) {
		throw new NoPack('its answer to an offer cannot be read', true);
	}

	return bytes.length < length
		? undefined
		: {
				line: bytes.toString('utf8', 4, length).trimEnd(),
				isLast: false,
				rest: bytes.subarray(length),
			};
};

const requireSection = (line: string): void => {
	if (line !== 'acknowledgments') {
		requirePack(line);
		throw new NoPack('it sent a pack before it answered an offer', true);
	}
};

const readLines = (lines: readonly string[], offered: ReadonlySet<string>): readonly string[] => {
	const oids = lines.flatMap((line) => /^ACK ([\da-f]+)$/.exec(line)?.[1] ?? []);
	if (oids.some((oid) => !offered.has(oid))) {
		const detail = 'it acknowledged an object that was not offered';
		throw new FailureError({kind: 'answer-refused', detail});
	}

	return oids;
};

/** Reads to the end, so that the connection can be used again. */
const endOf = async (chunks: AsyncIterator<Buffer>): Promise<undefined> => {
	while ((await chunks.next()).done !== true) {
		// Nothing is expected.
	}
};

async function* continueWith(first: Buffer, chunks: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
	try {
		yield first;
		for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) {
			yield next.value;
		}
	} finally {
		await chunks.return?.();
	}
}
