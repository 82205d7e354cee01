import {toJsonSchema} from '@valibot/to-json-schema';
import {jsonLine, jsonObjects} from '../source/ui/json/contract.ts';

/** The keywords of JSON schema that the contract uses. */
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

type Row = readonly [name: string, about: string, fields: string];

const intro = `# JSON

With \`--json\` a command prints one JSON object a line on standard output. The last line of a backup is its whole result with the exit code.

\`"v": 1\` is the version: fields and lines may be added, none changes its meaning. [The schema](json.schema.json) has every detail. This page and the schema are made from [one definition](../source/ui/json/contract.ts) by \`npm run docs\`, and the tests check the lines of real runs against it.

Every line has \`v\` and \`type\`. Times are RFC 3339, durations milliseconds, sizes bytes. \`source\` is the title of a source, \`repository\` is \`workspace/name\`, \`exitCode\` is one of [the exit codes](automation.md#exit-codes), and \`door\` names the service of Bitbucket that answered (\`api\` or \`git\`). \`part\` and \`mirror\` are \`repo\` for the code, or the name of another part. \`followUp\` is \`metadata\` or \`off-site\`. \`store\` is the title of a store. A field with a question mark may be missing.

This names each repository that failed, with the kind of its failure:

\`\`\`
cistern --yes --json | jq -r 'select(.type == "result") | .failures[] | [.repository, .failure.kind] | @tsv'
\`\`\`
`;

/** Fields that mean the same everywhere, so the introduction explains them once. */
const explainedOnce = [
	'source',
	'repository',
	'duration',
	'exitCode',
	'door',
	'part',
	'mirror',
	'followUp',
	'store',
];

/** The JSON schema of a line of `--json`. */
export const makeJsonSchema = (): Schema => {
	const {$schema, $defs, ...lines} = toJsonSchema(jsonLine, {
		definitions: jsonObjects,
		target: 'draft-2020-12',
	});
	const title = 'A line of cistern --json';
	const description = 'Version 1. Fields and lines may be added; none changes its meaning.';
	return JSON.parse(JSON.stringify({$schema, title, description, ...lines, $defs}));
};

/** The schema as a file, with each line and each object of the contract on a line of its own. */
export const formatJsonSchema = (): string => {
	const {oneOf = [], $defs = {}, ...head} = makeJsonSchema();
	const lines = oneOf.map((line) => JSON.stringify(line));
	const objects = Object.entries($defs).map(
		([name, object]) => `${JSON.stringify(name)}: ${JSON.stringify(object)}`,
	);
	return [
		JSON.stringify(head).slice(0, -1),
		`,\n"oneOf": [\n${lines.join(',\n')}\n],`,
		`\n"$defs": {\n${objects.join(',\n')}\n}}\n`,
	].join('');
};

/** docs/json.md: the lines of each command, then the objects in them, field by field. */
export const formatJsonPage = (): string => {
	const {oneOf = [], $defs = {}} = makeJsonSchema();
	const commands = Map.groupBy(oneOf, commandOf);
	return [
		intro,
		...[...commands].flatMap(([command, lines]) => [
			`## \`${command}\``,
			'',
			...table('line', lines.map(describeLine)),
			'',
		]),
		'## Objects',
		'',
		...table('object', [
			...Object.entries($defs).flatMap(([name, object]) => [
				...describeObject(name, object),
				...describeInner(name, object),
			]),
			...oneOf.flatMap((line) => describeInner(typeOf(line), line)),
		]),
		'',
	].join('\n');
};

const typeOf = ({properties}: Schema): string => String(properties?.['type']?.const);

/** `cistern verify` for a line whose words begin with `cistern verify --remote: `. */
const commandOf = ({description = ''}: Schema): string =>
	/^cistern \S+(?= .*: |: )/.exec(description)?.[0].replace(/:$/, '') ?? 'cistern';

const describeLine = (line: Schema): Row => {
	const about = (line.description ?? '').replace(`${commandOf(line)}: `, '');
	return [
		`\`${typeOf(line)}\``,
		about.replace(`${commandOf(line)} `, ''),
		describeFields(line, ['v', 'type']),
	];
};

/** Objects without a name are called by their place: `status.lastRun`. */
const describeInner = (path: string, {properties = {}}: Schema): readonly Row[] =>
	Object.entries(properties).flatMap(([name, field]) => {
		const inner = field.items ?? field;
		const place = `${path}.${name}`;
		return inner.properties === undefined && inner.oneOf === undefined
			? []
			: [...describeObject(place, inner), ...describeInner(place, inner)];
	});

/** One row for an object. One of several kinds has a row for all kinds with the same fields. */
const describeObject = (name: string, object: Schema): readonly Row[] => {
	const {oneOf, description = ''} = object;
	if (oneOf === undefined) {
		return [[`\`${name}\``, description, describeFields(object, [])]];
	}

	const kinds = oneOf.map((variant) => {
		const [tag = '', {const: kind} = {}] = Object.entries(variant.properties ?? {})[0] ?? [];
		const words = variant.description === undefined ? '' : ` (${variant.description})`;
		return {tag, kind: `${kind}${words}`, fields: describeFields(variant, [tag])};
	});
	return [...Map.groupBy(kinds, ({fields}) => fields)].map(([fields, same]) => [
		`\`${name}\``,
		`${same[0]?.tag}: ${same.map(({kind}) => kind).join(', ')}`,
		fields,
	]);
};

const describeFields = (
	{properties = {}, required = []}: Schema,
	known: readonly string[],
): string =>
	Object.entries(properties)
		.filter(([name]) => !known.includes(name))
		.map(([name, field]) => {
			const about = explainedOnce.includes(name) ? '' : describeField(name, field);
			return `\`${name}\`${required.includes(name) ? '' : '?'}${about === '' ? '' : ` (${about})`}`;
		})
		.join(', ');

const describeField = (name: string, field: Schema): string => {
	const of = field.items ?? field;
	const target = of.$ref?.split('/').at(-1);
	return [
		...(target === undefined || target === name ? [] : [`see ${target}`]),
		...(of.enum === undefined ? [] : [of.enum.join(', ')]),
		...(field.description === undefined ? [] : [field.description]),
	].join('; ');
};

const table = (head: string, rows: readonly Row[]): readonly string[] =>
	[[head, '', 'fields'], ['---', '---', '---'], ...rows].map(
		(cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`,
	);
