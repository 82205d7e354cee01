import {type Failure, FailureError} from '../../../domain/failure/failure.ts';
import {toExcerpt} from '../../../domain/text/printable-text.ts';
import {failureOfGit, refusedWant} from '../git-failure.ts';
import {moreThanOnePack} from './index-pack.ts';
import {headerLength, longestLine, readLength} from './pkt-line.ts';

/** The answer is one that only git may understand, and no byte of a pack has come. */
export class NoPack extends Error {
	/** Is it a sign that the server does not speak version 2 of the protocol at all? */
	readonly isForeign: boolean;

	constructor(reason: string, isForeign: boolean) {
		super(reason);
		this.name = 'NoPack';
		this.isForeign = isForeign;
	}
}

export type FetchAnswerReader = {
	/** Takes the next bytes, cut anywhere, and gives those of the pack among them. */
	push(chunk: Buffer): readonly Buffer[];
	/** Throws a `FailureError` when the stream ended early. */
	finish(): void;
};

/** Characters of progress and other words of a server. More than a whole day's. */
export const maxWords = 16 * 1024 * 1024;

export const tooManyWords: Failure = {
	kind: 'answer-refused',
	detail: 'it sent more than 16 MB of messages',
};

/** Characters of them that may tell the reason of an error. */
const lastWordsLength = 4000;

/** The first byte of each line of a pack (gitprotocol-v2, "packfile section"). */
const bands = {pack: 1, words: 2, error: 3} as const;

/**
 * Reads the answer to a `fetch` of protocol version 2 that ended the negotiation itself: one
 * section, the pack, in which the server's words are mixed. Keeps no more than one line of words.
 * `onWords` gets the server's words as they come; `redact` takes the token out of those in an error.
 */
export const createFetchAnswerReader = (
	onWords: (words: string) => void,
	redact: (text: string) => string,
): FetchAnswerReader => {
	let expected: 'section' | 'pack' | 'nothing' = 'section';
	let header = '';
	/** Bytes of the current line that have not arrived. */
	let left = 0;
	let band: number | undefined;
	let line: Buffer[] = [];
	let wordsLength = 0;
	let lastWords = '';

	const takeMark = (length: number): void => {
		if (expected === 'pack' && length === 0) {
			expected = 'nothing';
			return;
		}

		throw expected === 'section'
			? new NoPack('it answered without a pack', true)
			: garbled(`the mark ${length} in a pack`);
	};

	const takeHeader = (text: string): void => {
		const length = readLength(text);
		if (expected === 'nothing') {
			throw new FailureError(moreThanOnePack);
		}

		if (length >= 0 && length < headerLength) {
			takeMark(length);
		} else if (length > headerLength && length <= longestLine) {
			left = length - headerLength;
			line = [];
			band = undefined;
		} else {
			throw expected === 'section'
				? new NoPack(`it answered "${toExcerpt(text)}"`, true)
				: garbled(`a line of the length "${toExcerpt(text)}"`);
		}
	};

	const takeLine = (bytes: Buffer): void => {
		const text = bytes.toString('utf8');
		if (expected === 'section') {
			requirePack(redact(text.trimEnd()));
			expected = 'pack';
		} else if (band === bands.error) {
			throw failureOfServer(redact(`${lastWords}\n${text}`));
		} else {
			wordsLength += bytes.length;
			if (wordsLength > maxWords) {
				throw new FailureError(tooManyWords);
			}

			// Redacted before it is cut: a token that was cut in two would not be found.
			lastWords = redact(`${lastWords}${text}`).slice(-lastWordsLength);
			onWords(text);
		}
	};

	/** Takes the part of the current line that has arrived, and gives it if it is the pack's. */
	const takePart = (part: Buffer): readonly Buffer[] => {
		left -= part.length;
		if (expected === 'pack' && band === undefined) {
			[band] = part;
			if (band === undefined || band < bands.pack || band > bands.error) {
				throw garbled('a line that is no part of a pack');
			}

			part = part.subarray(1);
		}

		if (expected === 'pack' && band === bands.pack) {
			return part.length === 0 ? [] : [part];
		}

		line.push(part);
		if (left === 0) {
			takeLine(Buffer.concat(line));
		}

		return [];
	};

	return {
		push: (chunk) => {
			const pack: Buffer[] = [];
			for (let at = 0; at < chunk.length; ) {
				if (left > 0) {
					const part = chunk.subarray(at, at + left);
					at += part.length;
					pack.push(...takePart(part));
				} else {
					const part = chunk.toString('latin1', at, at + headerLength - header.length);
					at += part.length;
					header += part;
					if (header.length === headerLength) {
						const whole = header;
						header = '';
						takeHeader(whole);
					}
				}
			}

			return pack;
		},
		finish: () => {
			if (expected === 'section' && left === 0 && header === '') {
				throw new NoPack('it answered nothing', true);
			}

			if (expected !== 'nothing' || header !== '') {
				const detail = 'the pack ended early';
				throw new FailureError({kind: 'network', problem: 'cut-short', detail});
			}
		},
	};
};

/** As git tells it: the reason is often in the words before the error. */
const failureOfServer = (words: string): FailureError => {
	const lines = words.split(/[\r\n]+/).map((line) => `remote: ${line}\n`);
	return failureOfGit(`${lines.join('')}fatal: early EOF`, {mirror: '', isTransfer: true});
};

/** Throws for the first line of any other answer. */
export const requirePack = (line: string): void => {
	if (line === 'packfile') {
		return;
	}

	const words = /^ERR (.*)/s.exec(line)?.[1];
	if (words !== undefined && refusedWant.test(words)) {
		throw new FailureError({kind: 'refs-moved'});
	}

	if (words !== undefined) {
		throw new NoPack(`it answered "${toExcerpt(words)}"`, false);
	}

	throw line === 'shallow-info'
		? new NoPack('it has only a part of its history itself', false)
		: new NoPack(`it answered "${toExcerpt(line)}"`, true);
};

const garbled = (detail: string): FailureError =>
	new FailureError({kind: 'unexpected-answer', detail});
