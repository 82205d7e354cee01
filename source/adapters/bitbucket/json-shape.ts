import {FailureError} from '../../domain/failure/failure.ts';
import type {Answer} from './answer-failure.ts';

/** A value of an answer together with where it stands, for complaints: `values[3].uuid`. */
export type Place = {readonly value: unknown; readonly path: string};

/** Throws `unexpected-answer`. */
export const complain = (detail: string): never => {
	throw new FailureError({kind: 'unexpected-answer', detail: detail});
};

/** The JSON of a success. Gateways answer with pages of HTML, whatever the status. */
export const parseJson = ({headers, text}: Answer): Place => {
	const type = headers['content-type'] ?? 'application/json';
	if (!/\bjson\b/i.test(type)) {
		return complain(`the answer is ${type}, not JSON`);
	}

	try {
		return {value: JSON.parse(text), path: ''};
	} catch {
		return complain('the answer is not whole JSON');
	}
};

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** What an object holds under a name: undefined where nothing does. */
export const fieldOf = ({value, path}: Place, name: string): Place =>
	isObject(value)
		? {value: value[name], path: path === '' ? name : `${path}.${name}`}
		: complain(`${path === '' ? 'the answer' : path} is not an object`);

export const itemsOf = ({value, path}: Place): readonly Place[] =>
	Array.isArray(value)
		? value.map((item: unknown, index) => ({value: item, path: `${path}[${index}]`}))
		: complain(`${path} is not a list`);

export const textOf = ({value, path}: Place): string =>
	typeof value === 'string' && value !== '' ? value : complain(`${path} is not a text`);

/** Bitbucket leaves out, or sets to null, what there is not. */
export const isMissing = ({value}: Place): boolean => value === undefined || value === null;

export const optionalTextOf = (place: Place): string | undefined =>
	isMissing(place) || place.value === '' ? undefined : textOf(place);

export const flagOf = (place: Place, otherwise: boolean): boolean => {
	if (isMissing(place)) {
		return otherwise;
	}

	return typeof place.value === 'boolean'
		? place.value
		: complain(`${place.path} is neither true nor false`);
};

/** A count or a size; what is not one is left out, as nothing depends on it. */
export const countOf = ({value}: Place): number | undefined =>
	typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
