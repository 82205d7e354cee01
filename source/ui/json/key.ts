import {line, text} from './words.ts';

/** The line of key. */
export const keyLines = [
	line('key', 'cistern key: a pair of keys for a store', {
		identity: text('The secret key'),
		recipient: text('The public key, for recipients in the settings'),
	}),
] as const;
