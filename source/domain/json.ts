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

export const isText = (value: unknown): value is string => typeof value === 'string';
export const isNumber: Check = (value) => typeof value === 'number';
export const isCount: Check = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
export const isFlag: Check = (value) => typeof value === 'boolean';
export const isTime: Check = (value) => isText(value) && !Number.isNaN(Date.parse(value));

export const optional =
	(check: Check): Check =>
	(value) =>
		value === undefined || check(value);

export const isOneOf =
	(...values: readonly unknown[]): Check =>
	(value) =>
		values.includes(value);

export const listOf =
	(check: Check): Check =>
	(value) =>
		isJsonList(value) && value.every(check);

/** Without a list of the entries: there may be a hundred thousand. */
export const mapOf =
	(check: Check, isKey: (key: string) => boolean = isText): Check =>
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

export const objectOf =
	(form: Form): Check =>
	(value) =>
		fits(value, form);
