import {FailureError} from '../../domain/failure/failure.ts';
import type {Advertisement} from '../../domain/plan/repository.ts';
import {isBranchOrTag, isLegalRef, readableRef} from '../../domain/record/ref-name.ts';
import {createPktLineReader} from './pkt-lines.ts';

export type AdvertisementLimits = {readonly bytes: number; readonly refs: number};

export const advertisementLimits: AdvertisementLimits = {
	bytes: 64 * 1024 * 1024,
	refs: 1_000_000,
};

export type AdvertisementReader = {
	/** Takes the next bytes, cut anywhere. Throws a `FailureError` as soon as something is wrong. */
	push(chunk: Buffer): void;
	/** What was advertised. Throws a `FailureError` where the stream ended early. */
	finish(): Advertisement;
};

type Expected = 'service' | 'flush-after-service' | 'first-ref' | 'ref' | 'nothing';

const service = '# service=git-upload-pack';

/** SHA-1 or SHA-256. */
const oidForm = /^(?:[\da-f]{40}|[\da-f]{64})$/;

/** Stands for no object: an empty repository, or a ref that is broken upstream. */
const zeroOid = /^0+$/;

/** Bitbucket's own, in place of refs, for repositories that exist; it passes. */
export const bitbucketTrouble = /Error running git|fork\/exec/;

/** A line's own words are kept to be shown up to here. */
const wordsLength = 400;

/**
 * Reads the advertisement that a server gives to a client which asks for no newer protocol (git,
 * gitprotocol-http, "Smart Server Response"): branches and tags, nothing peeled, and the branch
 * that HEAD names. Keeps no more than refs and the current line.
 */
export const createAdvertisementReader = (
	limits: AdvertisementLimits = advertisementLimits,
): AdvertisementReader => {
	const refs = new Map<string, string>();
	let head: string | undefined;
	let expected: Expected = 'service';
	let length = 0;
	let words = '';

	const takeRef = (line: string): void => {
		const {oid, name} = splitRef(line);
		if (name.endsWith('^{}') || !isBranchOrTag(name) || zeroOid.test(oid)) {
			return;
		}

		if (!isLegalRef(readableRef(name)) || refs.has(name)) {
			throw refuse(`the ref "${name}" is not one that git allows, or is there twice`);
		}

		refs.set(name, oid);
		if (refs.size > limits.refs) {
			throw refuse(`it has more than ${limits.refs} branches and tags`);
		}
	};

	const takeFirstRef = (line: string): void => {
		const nul = line.indexOf('\0');
		head = nul < 0 ? undefined : readHead(line.slice(nul + 1));
		takeRef(nul < 0 ? line : line.slice(0, nul));
		expected = 'ref';
	};

	const onLine = (bytes: Buffer, start: number, end: number): void => {
		const line = decode(bytes, start, end);
		if (expected === 'service' && line === service) {
			expected = 'flush-after-service';
		} else if (expected === 'first-ref') {
			takeFirstRef(line);
		} else if (expected === 'ref') {
			takeRef(line);
		} else {
			throw failureOfWords(line);
		}
	};

	const onFlush = (): void => {
		if (expected === 'service' || expected === 'nothing') {
			throw unexpected('it is not an advertisement of refs');
		}

		expected = expected === 'flush-after-service' ? 'first-ref' : 'nothing';
	};

	const onGarbage = (bytes: Buffer): void => {
		words += bytes.toString('utf8', 0, wordsLength);
		if (words.length >= wordsLength) {
			throw failureOfWords(words);
		}
	};

	const reader = createPktLineReader({onLine, onFlush, onGarbage});
	return {
		push: (chunk) => {
			length += chunk.length;
			if (length > limits.bytes) {
				throw refuse(`its advertisement is longer than ${limits.bytes} bytes`);
			}

			reader.push(chunk);
		},
		finish: () => {
			if (words !== '') {
				throw failureOfWords(words);
			}

			if (expected !== 'nothing' || !reader.isComplete()) {
				const detail = 'the list of refs ended early';
				throw new FailureError({kind: 'network', problem: 'cut-short', detail});
			}

			return {refs, head};
		},
	};
};

const splitRef = (line: string): {oid: string; name: string} => {
	const space = line.indexOf(' ');
	const oid = line.slice(0, Math.max(space, 0));
	if (!oidForm.test(oid)) {
		throw failureOfWords(line);
	}

	return {oid, name: line.slice(space + 1)};
};

const readHead = (capabilities: string): string | undefined => {
	const ref = /(?:^| )symref=HEAD:([^ ]*)/.exec(capabilities)?.[1] ?? '';
	return ref.startsWith('refs/heads/') && isLegalRef(readableRef(ref)) ? ref : undefined;
};

const lineFeed = 0x0a;

const decode = (bytes: Buffer, start: number, end: number): string =>
	bytes.toString('utf8', start, bytes[end - 1] === lineFeed ? Math.max(start, end - 1) : end);

/** No other way of asking would make this one usable. */
const refuse = (detail: string): FailureError => new FailureError({kind: 'answer-refused', detail});

const unexpected = (detail: string): FailureError =>
	new FailureError({kind: 'unexpected-answer', detail: detail});

/** A server in trouble puts a sentence where a ref is expected. */
const failureOfWords = (words: string): FailureError =>
	bitbucketTrouble.test(words)
		? new FailureError({kind: 'server-error', status: 200, message: words})
		: unexpected(`it answered "${words}" instead of refs`);
