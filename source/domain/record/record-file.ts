import type {MirrorRecord, MirrorStamp, RepositoryRecord, WikiRecord} from './record.ts';

/** What a `cistern.json` turned out to be. One that cannot be used is left where it is. */
export type ReadRecord =
	| {readonly state: 'read'; readonly record: RepositoryRecord}
	/** `uuid`: whose it is, where it is still written as it was. */
	| {readonly state: 'newer'; readonly uuid: string | undefined}
	| {readonly state: 'damaged'};

export const formatRecord = (record: RepositoryRecord): string =>
	`${JSON.stringify(record, undefined, '\t')}\n`;

/** Reads a record's text; it may have been cut short, edited, or written by a newer Cistern. */
export const parseRecord = (text: string): ReadRecord => {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		return {state: 'damaged'};
	}

	if (!isObject(value)) {
		return {state: 'damaged'};
	}

	const {version, uuid} = value;
	if (typeof version === 'number' && version > 1) {
		return {state: 'newer', uuid: isText(uuid) ? uuid : undefined};
	}

	return isRecord(value) ? {state: 'read', record: value} : {state: 'damaged'};
};

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

const isText = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => Number.isFinite(value);
const isTextOrNothing = (value: unknown): boolean => value === undefined || isText(value);

const isPrint = (value: unknown): value is MirrorStamp =>
	isObject(value) &&
	isText(value['head']) &&
	isNumber(value['packedRefsSize']) &&
	isNumber(value['packedRefsTime']) &&
	isNumber(value['headsTime']) &&
	isNumber(value['tagsTime']) &&
	isNumber(value['packsTime']);

const isMirrorRecord = (value: unknown): value is MirrorRecord =>
	isObject(value) &&
	isObject(value['refs']) &&
	isText(value['refs']['digest']) &&
	isNumber(value['refs']['count']) &&
	isPrint(value['print']) &&
	isText(value['changedAt']) &&
	isNumber(value['keptTips']) &&
	isNumber(value['size']);

const isWikiRecord = (value: unknown): value is WikiRecord =>
	isObject(value) &&
	(value['state'] === 'saved'
		? isMirrorRecord(value['mirror']) &&
			isTextOrNothing(value['missingAt']) &&
			isTextOrNothing(value['damage'])
		: value['state'] === 'missing' && isText(value['missingAt']));

const isLoss = (value: unknown): boolean =>
	isObject(value) &&
	isText(value['at']) &&
	isText(value['mirror']) &&
	isText(value['history']) &&
	isTextOrNothing(value['setAside']) &&
	isNumber(value['rescued']) &&
	isNumber(value['unnamed']) &&
	Array.isArray(value['lost']) &&
	value['lost'].every((tip) => isObject(tip) && isText(tip['ref']) && isText(tip['oid']));

const isRecord = (value: Fields): value is Fields & RepositoryRecord =>
	value['version'] === 1 &&
	isText(value['uuid']) &&
	isText(value['workspace']) &&
	isText(value['slug']) &&
	typeof value['isPrivate'] === 'boolean' &&
	Array.isArray(value['formerNames']) &&
	value['formerNames'].every(isText) &&
	isText(value['firstSavedAt']) &&
	isMirrorRecord(value['repo']) &&
	(value['wiki'] === undefined || isWikiRecord(value['wiki'])) &&
	typeof value['usesLfs'] === 'boolean' &&
	isTextOrNothing(value['goneSince']) &&
	isTextOrNothing(value['damage']) &&
	(value['losses'] === undefined ||
		(Array.isArray(value['losses']) && value['losses'].every(isLoss)));
