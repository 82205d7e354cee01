import {
	createCipheriv,
	createHmac,
	createPublicKey,
	diffieHellman,
	generateKeyPairSync,
	hkdfSync,
	type KeyObject,
	randomBytes,
} from 'node:crypto';
import {bech32} from '@scure/base';
import {FailureError} from '../../domain/failure/failure.ts';

/** A header of the format of age (age-encryption.org/v1), and the key of the file that it hands out. */
export type Header = {readonly header: Uint8Array; readonly fileKey: Uint8Array};

/** `recipients`: public keys. Throws `recipient-refused` for one that is none. */
export const makeHeader = async (recipients: readonly string[]): Promise<Header> =>
	recipients.every((recipient) => x25519Form.test(recipient))
		? makeX25519Header(recipients)
		: makeHeaderByLibrary(recipients);

/** Of nearly all recipients. Others begin with `age1`, too. */
const x25519Form = /^age1[02-9ac-hj-np-z]{58}$/;

/**
 * By hand, because loading the library takes longer than everything else that a sending without news
 * does, and its own headers take five times as long.
 */
const makeX25519Header = (recipients: readonly string[]): Header => {
	const fileKey = randomBytes(16);
	const begin = [
		'age-encryption.org/v1\n',
		...recipients.map((recipient) => wrapKey(fileKey, readRecipient(recipient))),
		'---',
	].join('');
	const mac = createHmac('sha256', derive(fileKey, '', 'header'))
		.update(begin)
		.digest();
	return {header: Buffer.from(`${begin} ${toBase64(mac)}\n`), fileKey};
};

const readRecipient = (recipient: string): Uint8Array =>
	accept(recipient, () => bech32.decodeToBytes(recipient).bytes);

/** The lines from which the holder of the secret key reads the file's key. */
const wrapKey = (fileKey: Uint8Array, recipient: Uint8Array): string => {
	const ephemeral = generateKeyPairSync('x25519');
	const share = toBytes(ephemeral.publicKey);
	const secret = diffieHellman({
		privateKey: ephemeral.privateKey,
		publicKey: toPublicKey(recipient),
	});
	const salt = Buffer.concat([share, recipient]);
	const key = derive(secret, salt, 'age-encryption.org/v1/X25519');
	const wrapper = createCipheriv('chacha20-poly1305', key, Buffer.alloc(12), {authTagLength: 16});
	const wrapped = [wrapper.update(fileKey), wrapper.final(), wrapper.getAuthTag()];
	return `-> X25519 ${toBase64(share)}\n${toBase64(Buffer.concat(wrapped))}\n`;
};

const derive = (secret: Uint8Array, salt: Uint8Array | string, purpose: string): Uint8Array =>
	new Uint8Array(hkdfSync('sha256', secret, salt, purpose, 32));

const toBase64 = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');

/** Node takes and gives such keys as DER, which is these bytes and the key (RFC 8410). */
const keyPrefix = Buffer.from('302a300506032b656e032100', 'hex');

const toPublicKey = (bytes: Uint8Array): KeyObject =>
	createPublicKey({key: Buffer.concat([keyPrefix, bytes]), format: 'der', type: 'spki'});

const toBytes = (key: KeyObject): Buffer =>
	key.export({format: 'der', type: 'spki'}).subarray(keyPrefix.length);

/** The library makes a new key for each file, and hands it to each recipient: also to one of our own. */
const makeHeaderByLibrary = async (recipients: readonly string[]): Promise<Header> => {
	const {Encrypter} = await import('age-encryption');
	const encrypter = new Encrypter();
	for (const recipient of recipients) {
		accept(recipient, () => encrypter.addRecipient(recipient));
	}

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

const accept = <Result>(recipient: string, read: () => Result): Result => {
	try {
		return read();
	} catch (error) {
		throw refuseRecipient(recipient, error instanceof Error ? error.message : '');
	}
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
