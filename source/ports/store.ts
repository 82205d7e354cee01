/**
 * A store: a second place for the backup, on another disk or with another company. Only new names
 * are ever written there, and nothing is deleted.
 */

/** Content to write, with everything that is known of it before it is sent. */
export type StoreBody = {
	/** The bytes, or a file on this disk that does not change. */
	readonly content: Uint8Array | {readonly file: string};
	/** Bytes. */
	readonly size: number;
	/** SHA-256 and MD5 of the content, hex. The store compares them with what arrived. */
	readonly sha256: string;
	readonly md5: string;
};

/** An object as the store lists it. */
export type StoredObject = {
	readonly name: string;
	/** Bytes. */
	readonly size: number;
	/** Milliseconds since 1970, by the store's own clock. */
	readonly at: number;
	/** The store's own check sum, without quotes, where it tells one. Often the MD5, hex. */
	readonly etag: string | undefined;
};

/**
 * Names are relative paths of letters, digits and `-_./` (see `domain/store/names.ts`); a store puts
 * its prefix before them. Each method makes one attempt. Beside `rate-limited`, `server-error`,
 * `unexpected-answer` and `network`, which all name the store, it throws `store-refused`,
 * `store-missing`, `store-full`, `object-missing` and `object-damaged`; and the signal's reason as
 * soon as the signal aborts.
 */
export interface Store {
	/** Its title in the settings. */
	readonly title: string;
	/** The address in words, without a credential: for screens and errors. */
	readonly place: string;
	/** Requests to this host share a gate. Undefined for a folder. */
	readonly host: string | undefined;
	/**
	 * Writes a new object. After `written` the whole object is there; after `settle` it survives a power
	 * cut.
	 * `exists`: the name was taken, and its content was left as it is. A store that knows no conditions
	 * may overwrite in that case, so callers never use a name twice for two contents.
	 */
	put(name: string, body: StoreBody, signal: AbortSignal): Promise<'written' | 'exists'>;
	/** Makes all that was written so far survive a power cut: to wait for each object would take longer. */
	settle(signal: AbortSignal): Promise<void>;
	/**
	 * The content of an object. Throws `object-missing` at once. An error after the first bytes is
	 * thrown while they are read.
	 */
	get(name: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
	/**
	 * All objects whose name begins with `prefix`, ordered by name as bytes; with `startAfter` those
	 * after that name. Never gives a part of the list: it throws instead.
	 */
	list(
		prefix: string,
		options: {readonly startAfter?: string; readonly signal: AbortSignal},
	): AsyncIterable<StoredObject>;
	/**
	 * Is an object locked against deletion? `untold`: these keys may not ask. One that may ask, and may not
	 * see the lock, looks `open`. Left out where a store has no locks.
	 */
	readLock?(name: string, signal: AbortSignal): Promise<'locked' | 'open' | 'untold'>;
	/** Tries what the store does, for `cistern check`. Writes small objects below `probe/`. */
	probe(signal: AbortSignal): Promise<readonly ProbeResult[]>;
}

/** One thing that was tried. */
export type ProbeResult = {
	readonly tried:
		| 'write'
		/** A second write of a name: refused, kept as another version, or lost. */
		| 'overwrite'
		| 'delete'
		/** `If-None-Match` is obeyed. */
		| 'condition'
		/** Versions of an object are kept. */
		| 'versions'
		/** Objects are locked for a time, and the time is really set. */
		| 'retention'
		/** The credentials may read a bundle. */
		| 'read';
	/** `risk`: it works, and something stolen from this machine could do harm. */
	readonly result: 'good' | 'risk' | 'failed' | 'unknown';
	/** A sentence without its full stop. */
	readonly detail: string;
};

/**
 * Seals content so that only the holders of an identity can read it. Both directions hold a chunk at
 * a time.
 */
export interface Sealer {
	/** Ends the names of sealed objects; `''` where content is plain. */
	readonly suffix: '.age' | '';
	/** `recipients`: public keys. Throws `recipient-refused` for one that is none. */
	seal(
		content: AsyncIterable<Uint8Array>,
		recipients: readonly string[],
	): AsyncIterable<Uint8Array>;
	/**
	 * `identities`: the secret keys as they stand in their file. Throws `identity-refused` if none of
	 * them opens it, and `object-damaged` if the content was changed or cut.
	 */
	open(
		content: AsyncIterable<Uint8Array>,
		identities: readonly string[],
	): AsyncIterable<Uint8Array>;
}

/** Keys of age. */
export type KeyPair = {
	/** The secret key: `AGE-SECRET-KEY-1…`. */
	readonly identity: string;
	/** The public key: `age1…`. */
	readonly recipient: string;
};

/** `recipients: none`: the content as it is. */
export const plain: Sealer = {
	suffix: '',
	seal: (content) => content,
	open: (content) => content,
};

/** Content that was made ready for a store. */
export type SealedContent = StoreBody & {
	/** SHA-256 of the content before it was sealed, hex. */
	readonly plain: string;
};

/** A store with its keys. */
export interface SealedStore extends Store {
	/** Ends the names of what is sealed here: `.age`, or `''` for plain content. */
	readonly suffix: string;
	/** Seals a text in memory. */
	sealText(text: string): Promise<SealedContent>;
	/** Seals a text that comes in pieces, compressed with gzip. Memory holds a few pieces, and the result. */
	sealCompressed(pieces: Iterable<string>): Promise<SealedContent>;
	/**
	 * Seals content, or a file: in memory if it is small, else into a new file. Not synced. With
	 * `isForRunner`, for the key of a run without a folder too, as every text is.
	 */
	sealInto(
		file: string,
		content: AsyncIterable<Uint8Array> | {readonly file: string},
		signal: AbortSignal,
		isForRunner?: boolean,
	): Promise<SealedContent>;
	/**
	 * Opens an object, sealed or not, as its name says. With `known`, throws `object-damaged` where it
	 * is another one, at the latest after the last byte: nothing counts that was not read to its end.
	 */
	open(name: string, reading: Reading): Promise<AsyncIterable<Uint8Array>>;
	/** Opens a small text whole, decompressed if its name says so. */
	openText(name: string, reading: Pick<Reading, 'identities' | 'signal'>): Promise<string>;
	/**
	 * Opens a text of any size piece by piece, decompressed if its name says so. `isContent` judges the
	 * SHA-256 of the object as it lies there. Throws `object-damaged` where it refuses it, after the last
	 * piece.
	 */
	openPieces(
		name: string,
		reading: Pick<Reading, 'identities' | 'signal'> & {
			readonly isContent: (sha256: string) => boolean;
		},
	): Promise<AsyncIterable<string>>;
	/** Opens an object into a new file of mode 0400, synced. */
	openInto(file: string, name: string, reading: Reading): Promise<void>;
}

export type Reading = {
	/** Secret keys, as they stand in their file. */
	readonly identities: readonly string[];
	/** SHA-256 of the object as it lies there, and of its content, hex. */
	readonly known?: {readonly sha256: string; readonly plain: string};
	readonly signal: AbortSignal;
};
