import type {Decrypter, Encrypter} from 'age-encryption';
import {FailureError} from '../../domain/failure/failure.ts';
import type {KeyPair, Sealer} from '../../ports/store.ts';
import {openPayload, sealPayload, splitAt} from './age-payload.ts';

/**
 * The format of age (age-encryption.org/v1), which the program `age` reads too. The library is loaded
 * when it is first needed: most runs seal nothing.
 */
export const ageSealer: Sealer = {
	suffix: '.age',
	seal: async function* (content, recipients) {
		const {Encrypter} = await import('age-encryption');
		const encrypter = new Encrypter();
		for (const recipient of recipients) {
			accept(
				() => encrypter.addRecipient(recipient),
				(detail) => refuseRecipient(recipient, detail),
			);
		}

		const {header, fileKey} = await makeHeader(encrypter);
		yield header;
		yield* sealPayload(fileKey, content);
	},
	open: async function* (content, identities) {
		const {Decrypter} = await import('age-encryption');
		const decrypter = new Decrypter();
		for (const identity of identities) {
			accept(
				() => decrypter.addIdentity(identity),
				// The words of the library may repeat the key.
				() =>
					new FailureError({
						kind: 'identity-refused',
						detail: 'the file with the secret key holds none of age',
					}),
			);
		}

		if (identities.length === 0) {
			const detail = 'it is sealed, and no secret key was given';
			throw new FailureError({kind: 'identity-refused', detail});
		}

		const {fileKey, payload} = await readHeader(decrypter, content);
		try {
			yield* openPayload(fileKey, payload);
		} catch (error) {
			throw asDamage(error);
		}
	},
};

/** The library makes a new key for each file, and hands it to each recipient: also to one of our own. */
const makeHeader = async (
	encrypter: Encrypter,
): Promise<{readonly header: Uint8Array; readonly fileKey: Uint8Array}> => {
	const keys: Uint8Array[] = [];
	const wrapFileKey = (key: Uint8Array) => {
		keys.push(key);
		return [];
	};
	encrypter.addRecipient({wrapFileKey});
	const empty = await encrypter.encrypt(new Uint8Array());
	const [fileKey] = keys;
	if (fileKey === undefined) {
		throw new Error('age-encryption handed out no key');
	}

	return {header: empty.subarray(0, -emptyPayload), fileKey};
};

/** Bytes of the payload of an empty file: its nonce and the tag of its only chunk. */
const emptyPayload = 32;

const readHeader = async (
	decrypter: Decrypter,
	content: AsyncIterable<Uint8Array>,
): Promise<{readonly fileKey: Uint8Array; readonly payload: AsyncIterable<Uint8Array>}> => {
	try {
		const {begin, rest} = await splitAt(content, findHeaderEnd);
		return {fileKey: await decrypter.decryptHeader(begin), payload: rest};
	} catch (error) {
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

/** A secret key in the place of a public one is shown nowhere. */
const refuseRecipient = (recipient: string, detail: string): FailureError =>
	new FailureError(
		/secret/i.test(recipient)
			? {
					kind: 'recipient-refused',
					recipient: 'AGE-SECRET-KEY-…',
					detail: 'it is a secret key, which belongs on no machine that backs up',
				}
			: {kind: 'recipient-refused', recipient, detail},
	);

const accept = (add: () => void, fail: (detail: string) => FailureError): void => {
	try {
		add();
	} catch (error) {
		throw fail(error instanceof Error ? error.message : '');
	}
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
