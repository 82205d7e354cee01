import {Ajv2020, type ValidateFunction} from 'ajv/dist/2020.js';
import {makeJsonSchema} from '../../media/json-docs.ts';

/** The users' schema allows more fields. In tests an unknown field is a mistake. */
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

const compile = (): ValidateFunction => {
	const formats = {'date-time': (value: string) => !Number.isNaN(Date.parse(value))};
	// Inlined references make the compilation several times slower.
	const ajv = new Ajv2020({strict: true, inlineRefs: false, formats});
	return ajv.compile(closed(makeJsonSchema()) as object);
};

let compiled: ValidateFunction | undefined;

/** Validates a line of `--json`. Compiled once for all tests of a worker. */
export const compileSchema = async (): Promise<ValidateFunction> => {
	compiled ??= compile();
	return compiled;
};
