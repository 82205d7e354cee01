import {FailureError} from '../failure/failure.ts';
import {isJsonList, isJsonObject, type JsonObject} from '../json.ts';

/** `secrets`: names of the fields that were left out because they held a secret. */
export type Normalised = {readonly value: unknown; readonly secrets: readonly string[]};

/**
 * Which lists are sets, whose order means nothing and may change from one answer to the next:
 * `people` are those of people and groups, `all` are all lists, as in settings.
 */
export type Sets = 'people' | 'all';

/**
 * An answer of Bitbucket's in the form in which it is kept: the same state always gives the same
 * value, and no secret stays in it. This goes by rules and not by lists of fields, so that a field
 * that Bitbucket adds one day is kept too. Throws `answer-refused` if it is nested too deeply.
 */
export const normalise = (json: unknown, sets: Sets): Normalised => {
	const secrets = new Set<string>();
	const visit = (value: unknown, key: string, depth: number): unknown => {
		if (depth > deepest) {
			throw new FailureError({
				kind: 'answer-refused',
				detail: `an answer about metadata is nested more than ${deepest} levels deep`,
			});
		}

		if (isJsonList(value)) {
			const items = value.map((item) => visit(item, '', depth + 1));
			return sets === 'all' || listsOfPeople.has(key) ? sortItems(items, identityOf) : items;
		}

		if (!isJsonObject(value)) {
			return value;
		}

		const fields = Object.entries(depth === 0 ? value : identify(key, value))
			.filter(([name, field]) => !isLeftOut(name, field))
			.filter(([name, field]) => {
				const isOpen = !isSecret(value, name, field);
				if (!isOpen) {
					secrets.add(name);
				}

				return isOpen;
			})
			.map(([name, field]) => [name, visit(field, name, depth + 1)] as const);
		return sortKeys(fields);
	};
	return {value: visit(json, '', 0), secrets: [...secrets]};
};

/** Bitbucket's own answers have fewer than ten. */
const deepest = 40;

/** Is anything in it nested so deeply that it is refused? */
export const isTooDeep = (value: unknown, depth = 0): boolean =>
	depth > deepest ||
	(typeof value === 'object' &&
		value !== null &&
		Object.values(value).some((one) => isTooDeep(one, depth + 1)));

const listsOfPeople: ReadonlySet<string> = new Set([
	'participants',
	'reviewers',
	'users',
	'groups',
]);

/** Orders text by its UTF-16 units: the same everywhere, whatever the language of the system. */
const byText = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

/** A value of Cistern's own: the same text for the same value. Its lists and fields all stay. */
export const sortFields = (value: unknown): unknown => {
	if (isJsonList(value)) {
		return value.map(sortFields);
	}

	return isJsonObject(value)
		? sortKeys(Object.entries(value).map(([name, field]) => [name, sortFields(field)] as const))
		: value;
};

/** From entries, so that a field called `__proto__` is one like any other. */
const sortKeys = (fields: readonly (readonly [string, unknown])[]): JsonObject =>
	Object.fromEntries(fields.toSorted(([left], [right]) => byText(left, right)));

/** Items of equal keys are ordered by all that is in them, so the order of the answer never counts. */
export const sortItems = (
	items: readonly unknown[],
	keyOf: (item: unknown) => string,
): readonly unknown[] =>
	items
		.map((item) => ({item, key: keyOf(item), text: JSON.stringify(item)}))
		.toSorted((left, right) => byText(left.key, right.key) || byText(left.text, right.text))
		.map(({item}) => item);

/** The first of these that an item of a set has tells which one it is. */
const identities = ['uuid', 'id', 'key', 'kind', 'name', 'account_id', 'slug'] as const;

/** A participant, a permission and a default reviewer are known by the person or group in them. */
const identityOf = (item: unknown): string => {
	if (!isJsonObject(item)) {
		return '';
	}

	const [own] = identities.flatMap((name) => {
		const value = item[name];
		return typeof value === 'string' || typeof value === 'number' ? [`${value}`] : [];
	});
	const whose = item['user'] ?? item['group'];
	return own ?? (whose === undefined ? '' : identityOf(whose));
};

const fieldsOfIdentity: ReadonlySet<string> = new Set(['full_name', 'id', 'key', 'slug', 'uuid']);

const nestedKinds = /^(repository|pull_?request|workspace|project)$/;

/** Of another thing that an answer names, its identity alone: the rest changes by itself. */
const identify = (key: string, value: JsonObject): JsonObject => {
	const {type} = value;
	const isOther = nestedKinds.test(key) || (typeof type === 'string' && nestedKinds.test(type));
	return isOther
		? Object.fromEntries(Object.entries(value).filter(([name]) => fieldsOfIdentity.has(name)))
		: value;
};

/**
 * Addresses follow from ids, and avatars change. `rendered` and `summary` repeat a text as HTML. The
 * others move by themselves: when a key was last used, how often a file was downloaded.
 */
const leftOut: ReadonlySet<string> = new Set([
	'links',
	'rendered',
	'summary',
	'last_used',
	'last_accessed',
]);

const isLeftOut = (name: string, value: unknown): boolean =>
	leftOut.has(name) || (name === 'downloads' && typeof value === 'number');

const secretFields: ReadonlySet<string> = new Set(['secret', 'private_key', 'password', 'token']);

const isSecret = (owner: JsonObject, name: string, value: unknown): boolean =>
	value !== null &&
	value !== '' &&
	(secretFields.has(name) || (name === 'value' && owner['secured'] === true));

/**
 * Characters that JSON may hold as they are and that a terminal obeys or hides: a file is also read
 * with `cat` and `git log -p`.
 */
const obeyed = /[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** The text of a file: a line for each field, so that a difference shows just what changed. */
export const formatJson = (value: unknown): string =>
	`${JSON.stringify(value, undefined, 2).replaceAll(obeyed, toEscape)}\n`;

const toEscape = (character: string): string =>
	`\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
