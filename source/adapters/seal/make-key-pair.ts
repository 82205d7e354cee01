import type {KeyPair} from '../../ports/store.ts';

/** As age-keygen makes it: for X25519, which every age reads. */
export const makeKeyPair = async (): Promise<KeyPair> => {
	// Loaded only here: few commands need it.
	const {generateX25519Identity, identityToRecipient} = await import('age-encryption');
	const identity = await generateX25519Identity();
	return {identity, recipient: await identityToRecipient(identity)};
};
