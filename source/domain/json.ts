/** An object as `JSON.parse` gives it. */
export type JsonObject = {readonly [key: string]: unknown};

/** Undefined for a text that is no JSON, and for none. */
export const parseJson = (text: string | undefined): unknown => {
	try {
		return JSON.parse(text ?? '');
	} catch {
		return undefined;
	}
};

export const isJsonList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

export const isJsonObject = (value: unknown): value is JsonObject =>
	typeof value === 'object' && value !== null && !isJsonList(value);

/** The objects of a list; none of anything else. */
export const objectsOf = (value: unknown): readonly JsonObject[] =>
	isJsonList(value) ? value.filter(isJsonObject) : [];

type Check = (value: unknown) => boolean;

/** The checks of an object's fields. Other fields are let pass. */
export type Form = Readonly<Record<string, Check>>;

/** By hand: a run reads a record for each repository, and valibot takes three times as long. */
export const fits = (json: unknown, form: Form): boolean => {
	if (!isJsonObject(json)) {
		return false;
	}

	for (const key in form) {
		if (form[key]?.(json[key]) !== true) {
			return false;
		}
	}

	return true;
};

const text = (value: unknown): value is string => typeof value === 'string';
const number: Check = (value) => typeof value === 'number';
const count: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
const flag: Check = (value) => typeof value === 'boolean';
const time: Check = (value) => text(value) && !Number.isNaN(Date.parse(value));

const optional =
	(check: Check): Check =>
	(value) =>
		value === undefined || check(value);

const oneOf =
	(...values: readonly unknown[]): Check =>
	(value) =>
		values.includes(value);

const listOf =
	(check: Check): Check =>
	(value) =>
		isJsonList(value) && value.every(check);

/** Without a list of the entries: there may be a hundred thousand. */
const mapOf =
	(check: Check, isKey: (key: string) => boolean = text): Check =>
	(value) => {
		if (!isJsonObject(value)) {
			return false;
		}

		for (const key in value) {
			if (!isKey(key) || !check(value[key])) {
				return false;
			}
		}

		return true;
	};

const objectOf =
	(form: Form): Check =>
	(value) =>
		fits(value, form);

/** The checks that forms are made of. */
export const is = {text, number, count, flag, time, optional, oneOf, listOf, mapOf, objectOf};
