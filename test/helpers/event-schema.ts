import {readFile} from 'node:fs/promises';
import {Ajv2020, type ValidateFunction} from 'ajv/dist/2020.js';

/** The schema as users get it lets fields be added; here a field it does not know is a mistake. */
const closed = (schema: unknown): unknown => {
	if (typeof schema !== 'object' || schema === null) {
		return schema;
	}
	if (Array.isArray(schema)) {
		return schema.map(closed);
	}
	const entries = Object.entries(schema).map(([key, value]) => [key, closed(value)]);
	return {
		...Object.fromEntries(entries),
		...('properties' in schema && 'required' in schema ? {additionalProperties: false} : {}),
	};
};

/** Validates a line of `--json`. */
export const compileSchema = async (): Promise<ValidateFunction> => {
	const text = await readFile('source/ui/event-schema.json', 'utf8');
	const formats = {'date-time': (value: string) => !Number.isNaN(Date.parse(value))};
	return new Ajv2020({strict: true, discriminator: false, formats}).compile(
		closed(JSON.parse(text)) as object,
	);
};
