/** As much of a JSON schema as the one of `--json` uses. */
type Schema = {
	readonly description?: string;
	readonly const?: unknown;
	readonly enum?: readonly unknown[];
	readonly $ref?: string;
	readonly items?: Schema;
	readonly properties?: Readonly<Record<string, Schema>>;
	readonly required?: readonly string[];
	readonly oneOf?: readonly Schema[];
	readonly $defs?: Readonly<Record<string, Schema>>;
};

/** Fields that mean the same wherever they are, said once in front of the tables. */
const common = ['source', 'repository', 'duration', 'exitCode', 'door'];

type Row = readonly [name: string, about: string, fields: string];

/** Every line of `--json` and every object in one, field by field, as tables for docs/json.md. */
export const describeJson = (schema: Schema): string =>
	[
		...table(['line', '', 'fields'], linesOf(schema)),
		'',
		'and in them:',
		'',
		...table(['object', '', 'fields'], objectsOf(schema)),
	].join('\n');

const linesOf = ({oneOf = []}: Schema): readonly Row[] =>
	oneOf.map((line) => [
		`\`${line.properties?.['type']?.const}\``,
		line.description ?? '',
		describeFields(line, ['v', 'type']),
	]);

const objectsOf = ({$defs = {}, oneOf = []}: Schema): readonly Row[] => [
	...Object.entries($defs).flatMap(([name, definition]) => [
		...describeObject(name, definition),
		...describeInner(name, definition),
	]),
	...oneOf.flatMap((line) => describeInner(String(line.properties?.['type']?.const), line)),
];

/** Objects without a name of their own are called by where they are: `status.lastRun`. */
const describeInner = (path: string, {properties = {}}: Schema): readonly Row[] =>
	Object.entries(properties).flatMap(([name, field]) => {
		const inner = field.items ?? field;
		const place = `${path}.${name}`;
		return inner.properties === undefined
			? []
			: [...describeObject(place, inner), ...describeInner(place, inner)];
	});

/** One of several kinds has a row for each, named by what tells them apart. */
const describeObject = (name: string, definition: Schema): readonly Row[] => {
	const {oneOf = [definition], description = ''} = definition;
	return oneOf.map((variant) => {
		const [key = '', tag] = Object.entries(variant.properties ?? {})[0] ?? [];
		const isOneOfSeveral = oneOf.length > 1;
		const kinds = isOneOfSeveral ? [tag?.const ?? tag?.enum].flat() : [];
		return [
			`\`${name}\``,
			[...kinds.map((kind) => `${key}: ${kind}`), variant.description ?? description]
				.filter((text) => text !== '')
				.join('; '),
			describeFields(variant, isOneOfSeveral ? [key] : []),
		];
	});
};

const describeFields = (
	{properties = {}, required = []}: Schema,
	passedOver: readonly string[],
): string =>
	Object.entries(properties)
		.filter(([name]) => !passedOver.includes(name))
		.map(([name, field]) => {
			const about = describeField(name, field);
			return `\`${name}\`${required.includes(name) ? '' : '?'}${about === '' ? '' : ` (${about})`}`;
		})
		.join(', ');

const describeField = (name: string, field: Schema): string => {
	const of = field.items ?? field;
	const target = of.$ref?.split('/').at(-1);
	if (common.includes(name)) {
		return '';
	}
	return [
		...(target === undefined || target === name ? [] : [`see ${target}`]),
		...(of.enum === undefined ? [] : [of.enum.join(', ')]),
		...(field.description === undefined ? [] : [field.description]),
	].join('; ');
};

const table = (head: Row, rows: readonly Row[]): readonly string[] =>
	[head, ['---', '---', '---'] as const, ...rows].map(
		(cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`,
	);
