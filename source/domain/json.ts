/** An object as `JSON.parse` gives it. */
export type JsonObject = {readonly [key: string]: unknown};

export const isJsonList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

export const isJsonObject = (value: unknown): value is JsonObject =>
	typeof value === 'object' && value !== null && !isJsonList(value);

/** The objects of a list; none of anything else. */
export const objectsOf = (value: unknown): readonly JsonObject[] =>
	isJsonList(value) ? value.filter(isJsonObject) : [];

export const isNumbers = (value: unknown): boolean =>
	isJsonList(value) && value.every((one) => typeof one === 'number');

/** Undefined for a text that is no JSON, and for none. */
export const parseJson = (text: string | undefined): unknown => {
	try {
		return JSON.parse(text ?? '');
	} catch {
		return undefined;
	}
};
