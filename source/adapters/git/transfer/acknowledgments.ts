import {FailureError} from '../../../domain/failure/failure.ts';
import {splitAt} from '../../pieces.ts';
import {NoPack, requirePack} from './fetch-answer.ts';
import {headerLength, readLength} from './pkt-line.ts';

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
	const {begin, rest} = await splitAt(answer, (bytes) => {
		const {end} = readSection(bytes, redact);
		if (end === -1 && bytes.length > longestAnswer) {
			throw new NoPack('its answer to an offer has no end', false);
		}

		return end;
	});
	if (rest === undefined) {
		throw new NoPack('its answer to an offer ended early', false);
	}

	const {lines, isLast} = readSection(begin, redact);
	const oids = readLines(lines, offered);
	if (isLast) {
		await finish(rest);
	}

	return {oids, pack: isLast ? undefined : rest};
};

type Section = {
	readonly lines: readonly string[];
	/** Bytes, with the mark that ends it; -1 if it is not whole. */
	readonly end: number;
	/** Does nothing follow in this answer? */
	readonly isLast: boolean;
};

/** Reads the pkt-lines at the beginning of an answer. */
const readSection = (bytes: Buffer, redact: (text: string) => string): Section => {
	const lines: string[] = [];
	for (let at = 0; bytes.length - at >= headerLength; ) {
		const length = readLength(bytes.toString('latin1', at, at + headerLength));
		if (length === 0 || length === 1) {
			return {lines, end: at + headerLength, isLast: length === 0};
		}

		if (length <= headerLength) {
			throw new NoPack('its answer to an offer cannot be read', true);
		}

		if (bytes.length - at < length) {
			break;
		}

		const line = bytes.toString('utf8', at + headerLength, at + length).trimEnd();
		if (lines.length === 0 || line.startsWith('ERR ')) {
			requireSection(redact(line));
		}

		lines.push(line);
		at += length;
	}

	return {lines, end: -1, isLast: false};
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
const finish = async (rest: AsyncIterable<Buffer>): Promise<void> => {
	for await (const _ of rest) {
		// Nothing is expected.
	}
};
