import {FailureError} from '../../domain/failure/failure.ts';
import type {Advertisement} from '../../domain/plan/repository.ts';
import {isLegalRef} from '../../domain/record/ref-name.ts';
import {textOf} from '../byte-text.ts';
import {headerLength, longestLine, readLength} from '../git/transfer/pkt-line.ts';
import {gatherRefs, refuse, zeroOid} from '../git/transfer/ref-list.ts';

export const advertisementLimits = {bytes: 64 * 1024 * 1024, refs: 1_000_000};

export type AdvertisementLimits = typeof advertisementLimits;

type AdvertisementReader = {
	/** Takes the next bytes, cut anywhere. Throws a `FailureError` as soon as something is wrong. */
	push(chunk: Buffer): void;
	/** Gives the refs. Throws a `FailureError` when the stream ended early. */
	finish(): Advertisement;
};

const service = '# service=git-upload-pack';

/** SHA-1 or SHA-256. */
const oidForm = /^(?:[\da-f]{40}|[\da-f]{64})$/;

/** Bitbucket sends this in place of refs, for repositories that exist. A later request often succeeds. */
export const bitbucketTrouble = /Error running git|fork\/exec/;

/** Characters of a server's own words that are enough to recognize them. */
const wordsLength = 400;

/** A commit whose parents upstream does not have. They stand behind the refs. */
const shallowLine = /^shallow [0-9a-f]+$/;

/**
 * Reads the advertisement for a client that asks for no newer protocol (gitprotocol-http, "Smart
 * Server Response"): all refs, unpeeled, and the branch that HEAD names. Keeps no more
 * than the refs and the current line.
 */
export const createAdvertisementReader = (
	limits: AdvertisementLimits = advertisementLimits,
): AdvertisementReader => {
	const refs = gatherRefs(limits.refs);
	let head: string | undefined;
	/** The object that HEAD names. A HEAD that names no branch has nothing else. */
	let detached: string | undefined;
	let expected: 'service' | 'flush-after-service' | 'first-ref' | 'ref' | 'nothing' = 'service';
	let length = 0;
	/** Hex digits of each id: those of one hash. */
	let oidLength: number | undefined;
	/** Bytes of a line whose end has not arrived. */
	let rest: Buffer = Buffer.alloc(0);
	/** Text in place of a pkt-line. */
	let words = '';

	const takeRef = (line: string): void => {
		if (shallowLine.test(line)) {
			return;
		}

		const space = line.indexOf(' ');
		const oid = line.slice(0, Math.max(space, 0));
		const name = line.slice(space + 1);
		if (!oidForm.test(oid)) {
			throw failureOfWords(line);
		}

		oidLength ??= oid.length;
		if (oid.length !== oidLength) {
			throw refuse('its ids are made with two kinds of hash');
		}

		if (name === 'HEAD' && !zeroOid.test(oid)) {
			detached = oid;
		}

		refs.add(name, oid);
	};

	const takeLine = (line: string): void => {
		if (expected === 'service' && line === service) {
			expected = 'flush-after-service';
		} else if (expected === 'first-ref') {
			const [ref = '', capabilities = ''] = line.split('\0');
			head = readHead(capabilities);
			takeRef(ref);
			expected = 'ref';
		} else if (expected === 'ref') {
			takeRef(line);
		} else {
			throw failureOfWords(line);
		}
	};

	const takeFlush = (): void => {
		if (expected === 'service' || expected === 'nothing') {
			throw unexpected('it is not an advertisement of refs');
		}

		expected = expected === 'flush-after-service' ? 'first-ref' : 'nothing';
	};

	const takeWords = (bytes: Buffer): void => {
		words += bytes.toString('utf8', 0, wordsLength);
		if (words.length >= wordsLength) {
			throw failureOfWords(words);
		}
	};

	/** Takes the pkt-line at `at`, and gives its end; undefined when its end has not arrived. */
	const takePktLine = (bytes: Buffer, at: number): number | undefined => {
		const header = bytes.toString('latin1', at, at + headerLength);
		if (header.length < headerLength) {
			return undefined;
		}

		const size = readLength(header);
		if (size === 0) {
			takeFlush();
			return at + headerLength;
		}

		// The marks 0001 to 0003 of a newer protocol count as words, because it was not asked for.
		if (size < headerLength || size > longestLine) {
			takeWords(bytes.subarray(at));
			return bytes.length;
		}

		if (at + size > bytes.length) {
			return undefined;
		}

		const line = textOf(bytes.subarray(at + headerLength, at + size));
		takeLine(line.endsWith('\n') ? line.slice(0, -1) : line);
		return at + size;
	};

	return {
		push: (chunk) => {
			length += chunk.length;
			if (length > limits.bytes) {
				throw refuse(`its advertisement is longer than ${limits.bytes} bytes`);
			}

			if (words !== '') {
				takeWords(chunk);
				return;
			}

			const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
			let at = 0;
			for (let end = takePktLine(bytes, at); end !== undefined; end = takePktLine(bytes, at)) {
				at = end;
			}

			rest = bytes.subarray(at);
		},
		finish: () => {
			if (words !== '') {
				throw failureOfWords(words);
			}

			if (expected !== 'nothing' || rest.length > 0) {
				const detail = 'the list of refs ended early';
				throw new FailureError({kind: 'network', problem: 'cut-short', detail});
			}

			return refs.finish(head ?? detached);
		},
	};
};

const readHead = (capabilities: string): string | undefined => {
	const ref = /(?:^| )symref=HEAD:([^ ]*)/.exec(capabilities)?.[1] ?? '';
	return ref.startsWith('refs/heads/') && isLegalRef(ref) ? ref : undefined;
};

const unexpected = (detail: string): FailureError =>
	new FailureError({kind: 'unexpected-answer', detail});

/** A server in trouble sends a sentence in place of a ref. */
const failureOfWords = (words: string): FailureError =>
	bitbucketTrouble.test(words)
		? new FailureError({kind: 'server-error', status: 200, message: words})
		: unexpected(`it answered "${words}" instead of refs`);
