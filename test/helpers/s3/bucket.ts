import {hash, randomBytes} from 'node:crypto';

/** Ways in which stores that speak S3 differ. */
export type S3Flavour = {
	/**
	 * `If-None-Match: *`: obeyed by AWS; refused with 501 by Backblaze B2 and Swift; ignored by some
	 * others, which then overwrite.
	 */
	readonly conditions: 'obeyed' | 'refused' | 'ignored';
	/** The same at the end of an upload in parts. radosgw 16 ignores it there. */
	readonly conditionsOfParts: 'obeyed' | 'ignored';
	readonly keepsVersions: boolean;
	/** Swift answers 200 to the headers of a lock, and locks nothing. */
	readonly locks: boolean;
	/**
	 * A lock rule of the bucket, as Cloudflare R2 has them: every write or deletion of an object that is
	 * there gets 409, also where a condition would have got 412.
	 */
	readonly hasLockRule: boolean;
	/** Milliseconds for which each object of the bucket is locked; 0 for none. */
	readonly defaultRetention: number;
	/** Milliseconds after which a new object shows in a list. */
	readonly listsAfter: number;
	/** The most objects in one answer. */
	readonly pageSize: number;
};

/** AWS with versions and a lock of one day. */
export const awsFlavour: S3Flavour = {
	conditions: 'obeyed',
	conditionsOfParts: 'obeyed',
	keepsVersions: true,
	locks: true,
	hasLockRule: false,
	defaultRetention: 24 * 3_600_000,
	listsAfter: 0,
	pageSize: 1000,
};

export type S3Object = {
	readonly version: string;
	/** Undefined for the mark that a deletion leaves. */
	readonly content: Buffer | undefined;
	readonly etag: string;
	/** Milliseconds since 1970. */
	readonly at: number;
	readonly metadata: Readonly<Record<string, string>>;
	readonly lockedUntil: number;
};

type Upload = {
	readonly key: string;
	readonly parts: Map<number, Buffer>;
	readonly headers: Headers;
};
export type Headers = Readonly<Record<string, string | undefined>>;

/** The objects of one bucket. The newest version of a key comes last. */
export const createBucket = (flavour: S3Flavour, now: () => number) => {
	const versions = new Map<string, S3Object[]>();
	const uploads = new Map<string, Upload>();
	/** Acts that no backup may do: `overwrote KEY`, `deleted KEY`. */
	const violations: string[] = [];

	const newest = (key: string): S3Object | undefined => {
		const last = versions.get(key)?.at(-1);
		return last?.content === undefined ? undefined : last;
	};

	const add = (key: string, object: S3Object): void => {
		const before = flavour.keepsVersions ? (versions.get(key) ?? []) : [];
		versions.set(key, [...before, object]);
	};

	const write = (key: string, content: Buffer, headers: Headers, etag: string): S3Object => {
		if (newest(key) !== undefined) {
			violations.push(`overwrote ${key}`);
		}

		const until = Date.parse(headers['x-amz-object-lock-retain-until-date'] ?? '');
		const asked = Number.isNaN(until) ? now() + flavour.defaultRetention : until;
		const object: S3Object = {
			version: flavour.keepsVersions ? randomBytes(8).toString('hex') : 'null',
			content,
			etag,
			at: now(),
			metadata: Object.fromEntries(
				Object.entries(headers).flatMap(([name, value]) =>
					name.startsWith('x-amz-meta-') && value !== undefined ? [[name, value]] : [],
				),
			),
			lockedUntil: flavour.locks && asked > now() ? asked : 0,
		};
		add(key, object);
		return object;
	};

	return {
		flavour,
		violations,
		newest,
		/** The content of every key. */
		contents: (): ReadonlyMap<string, Buffer> =>
			new Map(
				[...versions.keys()].flatMap((key) => {
					const content = newest(key)?.content;
					return content === undefined ? [] : [[key, content]];
				}),
			),
		versionsOf: (key: string): readonly S3Object[] => versions.get(key) ?? [],
		put: (key: string, content: Buffer, headers: Headers): S3Object =>
			write(key, content, headers, hash('md5', content)),
		/** Damages an object, as a bad disk of the store would. */
		spoil: (key: string, change: (content: Buffer) => Buffer): void => {
			const object = newest(key);
			if (object?.content !== undefined) {
				versions.set(key, [{...object, content: change(object.content)}]);
			}
		},
		/** False if a lock forbids it. Without a version it only hides the object, if versions are kept. */
		remove: (key: string, version: string | undefined): boolean => {
			const all = versions.get(key) ?? [];
			const isLocked = all.some((one) => one.version === version && one.lockedUntil > now());
			if (isLocked) {
				return false;
			}

			violations.push(`deleted ${key}`);
			if (version === undefined && flavour.keepsVersions) {
				const mark = {version: randomBytes(8).toString('hex'), content: undefined, etag: ''};
				add(key, {...mark, at: now(), metadata: {}, lockedUntil: 0});
			} else {
				const left = version === undefined ? [] : all.filter((one) => one.version !== version);
				versions.set(key, left);
			}

			return true;
		},
		/** Names below `prefix` after `after`, ordered by their bytes. */
		list: (prefix: string, after: string): readonly (readonly [string, S3Object])[] =>
			[...versions.keys()]
				.filter((key) => key.startsWith(prefix))
				.toSorted((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)))
				.filter((key) => Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0)
				.flatMap((key) => {
					const object = newest(key);
					return object === undefined || object.at + flavour.listsAfter > now()
						? []
						: [[key, object] as const];
				}),
		startUpload: (key: string, headers: Headers): string => {
			const id = randomBytes(12).toString('hex');
			uploads.set(id, {key, parts: new Map(), headers});
			return id;
		},
		uploads,
		/** Joins the parts in the order of their numbers. The check sum is none of the whole (AWS). */
		finishUpload: ({key, parts, headers}: Upload): S3Object => {
			const all = [...parts].toSorted(([one], [other]) => one - other).map(([, part]) => part);
			const sums = Buffer.concat(all.map((part) => hash('md5', part, 'buffer')));
			return write(key, Buffer.concat(all), headers, `${hash('md5', sums)}-${all.length}`);
		},
	};
};

export type S3Bucket = ReturnType<typeof createBucket>;
