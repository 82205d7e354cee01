import type {StoredObject} from '../../ports/store.ts';

const entities: Readonly<Record<string, string>> = {
	lt: '<',
	gt: '>',
	amp: '&',
	quot: '"',
	apos: "'",
};

const decode = (text: string): string =>
	text.replaceAll(/&(?:#x([\da-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) => {
		if (name !== undefined) {
			return entities[name] ?? whole;
		}

		const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
		return code <= 0x10_ff_ff ? String.fromCodePoint(code) : whole;
	});

/** The text of the first element of that name. S3 puts no attributes on those that are read here. */
export const elementOf = (xml: string, name: string): string | undefined => {
	const found = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
	return found === undefined ? undefined : decode(found);
};

/** A page of a list. */
export type ListPage = {
	readonly objects: readonly StoredObject[];
	/** For the next page, if there is one. */
	readonly token: string | undefined;
};

/** The page that S3's ListObjectsV2 answered; undefined if it is none. Names are whole keys. */
export const readListPage = (xml: string): ListPage | undefined => {
	const truncated = elementOf(xml, 'IsTruncated');
	if (!/<ListBucketResult[\s>]/.test(xml) || truncated === undefined) {
		return undefined;
	}

	const isEncoded = elementOf(xml, 'EncodingType') === 'url';
	const objects: StoredObject[] = [];
	for (const [, entry = ''] of xml.matchAll(/<Contents>([\s\S]*?)<\/Contents>/g)) {
		const object = readEntry(entry, isEncoded);
		if (object === undefined) {
			return undefined;
		}

		objects.push(object);
	}

	const token = truncated === 'true' ? elementOf(xml, 'NextContinuationToken') : undefined;
	return truncated === 'true' && token === undefined ? undefined : {objects, token};
};

const readEntry = (entry: string, isEncoded: boolean): StoredObject | undefined => {
	const key = elementOf(entry, 'Key');
	const size = Number(elementOf(entry, 'Size'));
	const at = Date.parse(elementOf(entry, 'LastModified') ?? '');
	const name = isEncoded && key !== undefined ? decodeKey(key) : key;
	return name === undefined || !Number.isSafeInteger(size) || Number.isNaN(at)
		? undefined
		: {name, size, at, etag: elementOf(entry, 'ETag')?.replaceAll('"', '')};
};

/** `encoding-type=url`: a blank is `+`. It carries keys that XML cannot hold. */
const decodeKey = (key: string): string | undefined => {
	try {
		return decodeURIComponent(key.replaceAll('+', ' '));
	} catch {
		return undefined;
	}
};
