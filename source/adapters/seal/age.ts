import type {Decrypter} from 'age-encryption';
import {FailureError} from '../../domain/failure/failure.ts';
import type {KeyPair, Sealer} from '../../ports/store.ts';
import {splitAt} from '../pieces.ts';
import {makeHeader} from './age-header.ts';
import {openPayload, sealPayload} from './age-payload.ts';

/**
 * The format of age (age-encryption.org/v1), which the program `age` reads too. The library is loaded
 * where it is needed: it takes as long to load as a small backup takes.
 */
export const ageSealer: Sealer = {
	suffix: '.age',
	seal: async function* (content, recipients) {
		const {header, fileKey} = await makeHeader(recipients);
		yield header;
		yield* sealPayload(fileKey, content);
	},
	open: async function* (content, identities) {
		const {Decrypter} = await import('age-encryption');
		const decrypter = new Decrypter();
		for (const identity of identities) {
			try {
				decrypter.addIdentity(identity);
			} catch {
				// The words of the library may repeat the key.
				const detail = 'the secret key is none of age';
				throw new FailureError({kind: 'identity-refused', detail});
			}
		}

		const {fileKey, payload} = await readHeader(decrypter, content);
		try {
			yield* openPayload(fileKey, payload);
		} catch (error) {
			throw asDamage(error);
		}
	},
};

const readHeader = async (
	decrypter: Decrypter,
	content: AsyncIterable<Uint8Array>,
): Promise<{readonly fileKey: Uint8Array; readonly payload: AsyncIterable<Uint8Array>}> => {
	const {begin, rest} = await splitAt(content, findHeaderEnd).catch((error) => {
		throw asHeaderFailure(error);
	});
	try {
		return {
			fileKey: await decrypter.decryptHeader(begin),
			payload: rest ?? (async function* () {})(),
		};
	} catch (error) {
		await rest?.return?.();
		throw asHeaderFailure(error);
	}
};

/** Bytes: room for hundreds of recipients. A store may hold anything. */
const longestHeader = 1024 * 1024;

/** Its last line begins with three dashes. */
const findHeaderEnd = (begin: Buffer): number => {
	const last = begin.indexOf('\n--- ');
	const end = last === -1 ? -1 : begin.indexOf('\n', last + 1);
	return end === -1 ? (begin.length > longestHeader ? begin.length : -1) : end + 1;
};

/** The public key that belongs to a secret one. Throws `identity-refused`. */
export const recipientOf = async (identity: string): Promise<string> => {
	const {identityToRecipient} = await import('age-encryption');
	try {
		return await identityToRecipient(identity);
	} catch {
		// The words of the library may repeat the key.
		throw new FailureError({kind: 'identity-refused', detail: 'it is no secret key of age'});
	}
};

/** As age-keygen makes it: for X25519, which every age reads. */
export const makeKeyPair = async (): Promise<KeyPair> => {
	const {generateX25519Identity, identityToRecipient} = await import('age-encryption');
	const identity = await generateX25519Identity();
	return {identity, recipient: await identityToRecipient(identity)};
};

/** The library has no kinds of errors; these are its words (age-encryption 0.3, `index.ts`). */
const asHeaderFailure = (error: unknown): unknown =>
	error instanceof Error && /no identity matched|no recipient|passphrase/i.test(error.message)
		? new FailureError({kind: 'identity-refused', detail: 'it is sealed for other keys'})
		: asDamage(error);

/** A failure of what is read is passed on as it is. */
const asDamage = (error: unknown): unknown =>
	error instanceof FailureError || !(error instanceof Error) || error.name === 'AbortError'
		? error
		: new FailureError({
				kind: 'object-damaged',
				store: '',
				name: '',
				detail: `it cannot be opened (${error.message})`,
			});
