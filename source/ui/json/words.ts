import * as v from 'valibot';
import {exitCodes} from '../../domain/failure/exit-code.ts';
import {jsonRows, type OpenObject} from '../../parts/json-rows.ts';

const integerFrom = (least: number) => v.pipe(v.number(), v.integer(), v.minValue(least));
export const string = v.string();
export const strings = v.array(string);
export const boolean = v.boolean();
export const count = integerFrom(0);
export const atLeastOne = integerFrom(1);
export const time = v.pipe(string, v.isoTimestamp());
export const optional = v.optional;
export const fromZero = v.pipe(v.number(), v.minValue(0));

/** A schema with words about it, for the schema and the docs. */
export const described = <const Schema extends v.GenericSchema>(words: string, schema: Schema) =>
	v.pipe(schema, v.description(words));
export const text = (words: string) => described(words, string);
export const number = (words: string) => described(words, count);
export const when = (words: string) => described(words, time);
export const flag = (words: string) => described(words, boolean);
export const names = (words: string) => described(words, strings);
export const listOf = <const Schema extends v.GenericSchema>(words: string, items: Schema) =>
	described(words, v.array(items));
export const object = <const Fields extends v.ObjectEntries>(words: string, fields: Fields) =>
	described(words, v.object(fields));

/** The same of a schema that has a name of its own. */
export const about = <const Schema extends v.GenericSchema>(words: string, schema: Schema) =>
	// A pipe copies the schema into itself. Lazy keeps a schema with a name a reference.
	described(
		words,
		v.lazy(() => schema),
	);

/** The fields that the parts add to an object. The program's lines bring them without types. */
// biome-ignore lint/complexity/noBannedTypes: no field that a type could name
export const ofParts = (object: OpenObject): {} =>
	Object.assign({}, ...jsonRows.map(({fields}) => fields[object]));

export const source = text('Title of the source');
export const repository = text('workspace/repository');
export const inFolder = text("Below the source's folder");
const part = text('repo for the repository itself, or the name of another part');
export const ref = text('Full name');
export const restoredPart = {source, repository, part};
export const duration = described('Milliseconds', fromZero);
export const exitCode = v.pipe(
	v.picklist(Object.values(exitCodes)),
	v.description(
		'0 all saved, 1 could not work, 2 wrong usage, 3 something is not saved, 11 another run holds the folder, 12 credentials refused, 130 interrupted',
	),
);

export const mirror = text(
	'The damaged part: repo for the repository itself, or the name of another part',
);

export const kind = <const Kind extends string, const Fields extends v.ObjectEntries>(
	name: Kind,
	fields: Fields,
) => v.object({kind: v.literal(name), ...fields});

export const line = <const Type extends string, const Fields extends v.ObjectEntries>(
	type: Type,
	words: string,
	fields: Fields,
) => object(words, {v: v.literal(1), type: v.literal(type), ...fields});
