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

/** Tells whether a value from outside is one of ours. */
export type Check<Value> = (value: unknown) => value is Value;

/** The type that a check proves, so that it is written once. */
export type Checked<One> = One extends Check<infer Value> ? Value : never;

/** The checks of an object's fields. Other fields are let pass. */
export type Form = Readonly<Record<string, Check<unknown>>>;

type Optional<Fields> = {
	[Name in keyof Fields]: undefined extends Checked<Fields[Name]> ? Name : never;
}[keyof Fields];

type Formed<Fields> = Flat<
	{
		readonly [Name in Exclude<keyof Fields, Optional<Fields>>]: Checked<Fields[Name]>;
	} & {readonly [Name in Optional<Fields>]?: Checked<Fields[Name]>}
>;

type Flat<Fields> = {[Name in keyof Fields]: Fields[Name]};

/** By hand: a run reads a record for each repository, and valibot takes three times as long. */
export const fits = <Fields extends Form>(json: unknown, form: Fields): json is Formed<Fields> => {
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
const number = (value: unknown): value is number => typeof value === 'number';
const count = (value: unknown): value is number =>
	Number.isSafeInteger(value) && Number(value) >= 0;
const flag = (value: unknown): value is boolean => typeof value === 'boolean';
const time = (value: unknown): value is string => text(value) && !Number.isNaN(Date.parse(value));

const optional =
	<Value>(check: Check<Value>): Check<Value | undefined> =>
	(value) =>
		value === undefined || check(value);

const oneOf =
	<const Values extends readonly unknown[]>(...values: Values): Check<Values[number]> =>
	(value): value is Values[number] =>
		values.includes(value);

const listOf =
	<Item>(check: Check<Item>): Check<readonly Item[]> =>
	(value): value is readonly Item[] =>
		isJsonList(value) && value.every(check);

/** Without a list of the entries: there may be a hundred thousand. */
const mapOf =
	<Value>(
		check: Check<Value>,
		isKey: (key: string) => boolean = text,
	): Check<Readonly<Record<string, Value>>> =>
	(value): value is Readonly<Record<string, Value>> => {
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
	<Fields extends Form>(form: Fields): Check<Formed<Fields>> =>
	(value): value is Formed<Fields> =>
		fits(value, form);

/** Written by a later version of Cistern, where this one writes 1. */
export const laterVersion = {
	version: (value: unknown): value is number => number(value) && value > 1,
};

/** The checks that forms are made of. */
export const is = {text, number, count, flag, time, optional, oneOf, listOf, mapOf, objectOf};
