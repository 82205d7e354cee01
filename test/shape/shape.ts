/**
 * Prints the shape of the source: `npm run shape`. It judges nothing. It shows where the code grows,
 * where files become too small or too large, and which files have to know a part by its name.
 */
import {execFileSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {dirname, join, normalize} from 'node:path';
import {parseAst} from 'rolldown/parseAst';

type SourceFile = {
	readonly path: string;
	readonly text: string;
	readonly lines: number;
	/** Paths of the files that it imports, for values or for types. */
	readonly imports: readonly string[];
	/** Lines of each function in it. */
	readonly functions: readonly number[];
};

const git = (...words: readonly string[]): readonly string[] =>
	execFileSync('git', words, {encoding: 'utf8'}).split('\n').filter(Boolean);

const listFiles = (...globs: readonly string[]): readonly string[] => git('ls-files', ...globs);

const countLines = (text: string): number => text.split('\n').length - 1;

const functionTypes = new Set([
	'ArrowFunctionExpression',
	'FunctionDeclaration',
	'FunctionExpression',
]);

/** Adds the length of each function below a node of the syntax tree. Lengths are lines. */
const collectFunctions = (node: unknown, text: string, found: number[]): void => {
	if (Array.isArray(node)) {
		for (const one of node) {
			collectFunctions(one, text, found);
		}
	} else if (typeof node === 'object' && node !== null) {
		const {type, start, end} = node as {type?: unknown; start?: unknown; end?: unknown};
		if (typeof type === 'string' && functionTypes.has(type)) {
			found.push(countLines(text.slice(Number(start), Number(end))) + 1);
		}

		for (const child of Object.values(node)) {
			collectFunctions(child, text, found);
		}
	}
};

const readSource = (path: string): SourceFile => {
	const text = readFileSync(path, 'utf8');
	const functions: number[] = [];
	const lang = path.endsWith('x') ? 'tsx' : 'ts';
	collectFunctions(parseAst(text, {lang}), text, functions);
	const imports = [...text.matchAll(/\b(?:from|import)\s*\(?'(\.[^']+)'/g)].map(([, target = '']) =>
		normalize(join(dirname(path), target)),
	);
	return {path, text, lines: countLines(text), imports, functions};
};

/** Groups of files that import each other in a ring, for values or for types (Tarjan). */
const findCircles = (files: readonly SourceFile[]): readonly (readonly string[])[] => {
	const importsOf = new Map(files.map(({path, imports}) => [path, imports]));
	const order = new Map<string, number>();
	const lowest = new Map<string, number>();
	const stack: string[] = [];
	const circles: string[][] = [];
	const visit = (path: string): number => {
		const index = order.size;
		order.set(path, index);
		lowest.set(path, index);
		stack.push(path);
		for (const next of importsOf.get(path) ?? []) {
			if (importsOf.has(next) && !order.has(next)) {
				lowest.set(path, Math.min(lowest.get(path) ?? index, visit(next)));
			} else if (stack.includes(next)) {
				lowest.set(path, Math.min(lowest.get(path) ?? index, order.get(next) ?? index));
			}
		}

		if (lowest.get(path) === index) {
			const circle = stack.splice(stack.indexOf(path));
			if (circle.length > 1) {
				circles.push(circle);
			}
		}

		return lowest.get(path) ?? index;
	};

	for (const {path} of files) {
		if (!order.has(path)) {
			visit(path);
		}
	}

	return circles;
};

/** The value below which the given share (0 to 1) of the numbers lies. */
const percentile = (numbers: readonly number[], share: number): number =>
	numbers.toSorted((left, right) => left - right)[Math.floor((numbers.length - 1) * share)] ?? 0;

const listParts = (files: readonly SourceFile[]): readonly string[] => {
	const folders = files.map(({path}) => /^source\/parts\/([^/]+)\//.exec(path)?.[1]);
	return [...new Set(folders.filter((folder) => folder !== undefined))];
};

/** Files outside a part's own folder (and outside the sandbox) in which its name stands. */
const listKnowing = (files: readonly SourceFile[], part: string): readonly string[] =>
	files
		.filter(
			({path, text}) =>
				!path.startsWith(`source/parts/${part}/`) &&
				!path.startsWith('source/sandbox/') &&
				text.toLowerCase().includes(part),
		)
		.map(({path}) => path);

/** A comment that begins with a word after which a sentence has to be read twice. */
const oddComment =
	/^\s*(?:\/\*\*(?:\n\s*\*)?|\/\/) (?:What|Who|Whose|Whoever|Whom|So many|Nobody|Somebody)\b/gm;

const countOddComments = (texts: readonly string[]): number =>
	texts.reduce((sum, text) => sum + [...text.matchAll(oddComment)].length, 0);

// A reader that has seen enough closes the pipe: `npm run shape | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
	if (error.code !== 'EPIPE') {
		throw error;
	}

	process.exit();
});

const print = (name: string, value: string | number): void => {
	process.stdout.write(`${name.padEnd(52)}${value}\n`);
};

const files = listFiles('source/*.ts', 'source/*.tsx').map(readSource);
const lines = files.map((file) => file.lines);
const functions = files.flatMap((file) => file.functions);
print(
	'lines of TypeScript in source/',
	lines.reduce((sum, count) => sum + count, 0),
);
print('files in source/', files.length);
print('lines of a file: median', percentile(lines, 0.5));
print('lines of a file: largest', percentile(lines, 1));
print('lines of a function: median', percentile(functions, 0.5));
print('lines of a function: 90th percentile', percentile(functions, 0.9));
print('characters of README.md', readFileSync('README.md', 'utf8').length);
const readTexts = (...globs: readonly string[]): readonly string[] =>
	listFiles(...globs).map((path) => readFileSync(path, 'utf8'));
const tests = readTexts('test/*.ts', 'test/*.tsx');
print(
	'lines of TypeScript in test/',
	tests.reduce((sum, text) => sum + countLines(text), 0),
);
const allTexts = [...files.map(({text}) => text), ...tests, ...readTexts('media/*.ts')];
print('comments that begin with What, Who, Nobody, So many', countOddComments(allTexts));

const circles = findCircles(files);
print('circles of imports, types counted', circles.length);
for (const circle of circles) {
	process.stdout.write(`  ${circle.join('\n  ')}\n`);
}

process.stdout.write('lines and files of each room\n');
for (const room of new Set(files.map(({path}) => path.split('/')[1] ?? ''))) {
	const inside = files.filter(({path}) => path.split('/')[1] === room);
	const sum = inside.reduce((total, file) => total + file.lines, 0);
	if (inside.length > 1) {
		print(`  ${room}`, `${sum} in ${inside.length}`);
	}
}

for (const part of listParts(files).filter((name) => name !== 'code')) {
	const knowing = listKnowing(files, part);
	print(`files outside parts/${part} that name it`, knowing.length);
	process.stdout.write(knowing.map((path) => `  ${path}\n`).join(''));
}
