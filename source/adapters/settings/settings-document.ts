import {
	type Document,
	isAlias,
	isMap,
	isNode,
	isScalar,
	isSeq,
	LineCounter,
	type Node,
	parseDocument,
	visit,
	type YAMLError,
} from 'yaml';
import {StopError} from '../../domain/failure/failure.ts';
import {
	formatProblems,
	type Locate,
	type SettingPath,
} from '../../domain/settings/settings-problem.ts';

type ParsedSettings = {readonly content: unknown; readonly locate: Locate};

/** Parses a settings file. Throws a StopError with every mistake of form. */
export const parseYaml = (path: string, text: string): {document: Document; lines: LineCounter} => {
	const {document, lines} = parseLines(path, text);
	if (document.errors.length > 0) {
		const problems = document.errors.map((error) => {
			const {line, col} = lines.linePos(error.pos[0]);
			return {path: [], part: 'value' as const, ...explainYaml(error), line, column: col};
		});
		throw new StopError(formatProblems(path, problems));
	}

	return {document, lines};
};

const parseLines = (path: string, text: string): {document: Document; lines: LineCounter} => {
	const lines = new LineCounter();
	const document = protect(path, () =>
		parseDocument(text, {lineCounter: lines, prettyErrors: false, logLevel: 'error'}),
	);
	return {document, lines};
};

/** The content as maps, lists, null and text, with the position of each. */
export const parseSettings = (path: string, text: string): ParsedSettings =>
	toSettings(path, parseYaml(path, text));

/** The same of as much as can be read, mistakes or not. Throws a StopError if nothing can be. */
export const parseAnyway = (path: string, text: string): ParsedSettings =>
	toSettings(path, parseLines(path, text));

const toSettings = (
	path: string,
	{document, lines}: {document: Document; lines: LineCounter},
): ParsedSettings => {
	// A name such as 007 or a password such as 1e5 is text, not a number.
	visit(document, {
		Scalar: (_, node) => {
			if (node.value !== null && typeof node.value !== 'string') {
				node.value = node.source ?? String(node.value);
			}
		},
	});
	return {
		content: protect(path, (): unknown => document.toJS()),
		locate: (where, part) => {
			const offset = findOffset(document, where, part);
			const position = offset === undefined ? undefined : lines.linePos(offset);
			return position && {line: position.line, column: position.col};
		},
	};
};

/** The parser throws when nesting or aliases cost more than any settings file needs. */
const protect = <Result>(path: string, parse: () => Result): Result => {
	try {
		return parse();
	} catch (error) {
		if (error instanceof RangeError || error instanceof ReferenceError) {
			throw new StopError(`${path} is no settings file: its aliases or nesting lead nowhere.`);
		}

		throw error;
	}
};

const findOffset = (
	document: Document,
	path: SettingPath,
	part: 'key' | 'value',
): number | undefined => {
	let key: unknown;
	let value: unknown = document.contents;
	for (const step of path) {
		const parent = isAlias(value) ? value.resolve(document) : value;
		if (isMap(parent)) {
			const pair = parent.items.find(
				(each) => isScalar(each.key) && String(each.key.value) === step,
			);
			[key, value] = [pair?.key, pair?.value];
		} else {
			value = isSeq(parent) ? parent.items[Number(step)] : undefined;
			key = value;
		}
	}

	return startOf(part === 'key' ? key : value) ?? startOf(key);
};

const startOf = (node: unknown): number | undefined =>
	isNode(node) ? (node as Node).range?.[0] : undefined;

type Explanation = readonly [message: string, hint?: string];

/** The parser's own messages may quote the file, and with it a token. */
const explanations: Partial<Record<YAMLError['code'], Explanation>> = {
	BAD_DQ_ESCAPE: [
		'a backslash in double quotes has a meaning of its own',
		"put the value in single quotes ('')",
	],
	BAD_INDENT: ['this line is not indented like its neighbours', 'line them up'],
	BAD_SCALAR_START: [
		'a value that begins with this character must stand in quotes',
		"write it as '...'",
	],
	BLOCK_AS_IMPLICIT_KEY: [
		'there is a second key or colon on this line',
		'put the value in quotes, or the key on a line of its own',
	],
	DUPLICATE_KEY: ['this key stands here for the second time', 'remove one of the two'],
	MISSING_CHAR: ['something is opened here and not closed', 'look for a missing quote or bracket'],
	MULTILINE_IMPLICIT_KEY: ['a key must be on one line', 'look for a missing colon or quote above'],
	MULTIPLE_DOCS: ['a second document begins here', 'remove the line ---'],
	TAB_AS_INDENT: ['this line is indented with a tab', 'use spaces'],
	UNEXPECTED_TOKEN: ['this cannot stand here', 'look for a missing quote, bracket or colon above'],
};

const explainYaml = ({code}: YAMLError): {message: string; hint?: string} => {
	const [message, hint] = explanations[code] ?? ['this is not YAML'];
	return hint === undefined ? {message} : {message, hint};
};
