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
} from 'yaml';
import {StopError} from '../../domain/failure/failure.ts';
import {
	formatProblems,
	type Locate,
	type SettingPath,
} from '../../domain/settings/settings-problem.ts';
import {explainYaml} from './yaml-problem.ts';

export type ParsedSettings = {readonly content: unknown; readonly locate: Locate};

/** The document behind a settings file's text. Throws a StopError with every mistake of form. */
export const parseYaml = (path: string, text: string): {document: Document; lines: LineCounter} => {
	const lines = new LineCounter();
	const document = protect(path, () =>
		parseDocument(text, {lineCounter: lines, prettyErrors: false, logLevel: 'error'}),
	);
	if (document.errors.length > 0) {
		const problems = document.errors.map((error) => {
			const {line, col} = lines.linePos(error.pos[0]);
			return {path: [], part: 'value' as const, ...explainYaml(error), line, column: col};
		});
		throw new StopError(formatProblems(path, problems));
	}

	return {document, lines};
};

/** The content as maps, lists, null and text, and where each of it stands. */
export const parseSettings = (path: string, text: string): ParsedSettings => {
	const {document, lines} = parseYaml(path, text);
	// A name such as 007 or a password such as 1e5 is meant as it is written.
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

/** The parser throws where nesting or aliases would cost more than any settings file needs. */
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
