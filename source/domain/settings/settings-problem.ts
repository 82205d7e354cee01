import {distance} from 'fastest-levenshtein';

/** The place of a value in a settings file: `['sources', 0, 'title']`. */
export type SettingPath = readonly (string | number)[];

/** Counted from 1. */
type Position = {readonly line: number; readonly column: number};

/** Finds the position of a key, or of its value. */
export type Locate = (path: SettingPath, part: 'key' | 'value') => Position | undefined;

export type SettingsProblem = {
	/** In the settings file; undefined for a value from an option or variable. */
	readonly path: SettingPath | undefined;
	readonly part: 'key' | 'value';
	/** The problem, without a full stop. */
	readonly message: string;
	/** How to correct it. */
	readonly hint?: string | undefined;
	/** The key that is missing, if the problem is a missing key. */
	readonly lacks?: SettingPath;
	readonly line?: number;
	readonly column?: number;
};

export type Report = (problem: SettingsProblem) => void;

/** Adds line and column. If the key is missing, those of the nearest section around it. */
export const withPosition = (problem: SettingsProblem, locate: Locate): SettingsProblem => {
	const {path, part} = problem;
	if (path === undefined || path.length === 0) {
		return problem;
	}

	const position =
		locate(path, part) ?? withPosition({...problem, path: path.slice(0, -1)}, locate);
	return position?.line === undefined || position.column === undefined
		? problem
		: {...problem, line: position.line, column: position.column};
};

/** `settings.yml:12:5: unknown key "ignorRepos": did you mean "ignoreRepos"?` */
const formatProblem = (file: string, problem: SettingsProblem): string => {
	const {path, line, column, message, hint} = problem;
	const text = hint === undefined ? message : `${message}: ${hint}`;
	if (path === undefined) {
		return text;
	}

	const place = [file, line, column].filter((part) => part !== undefined).join(':');
	return `${place}: ${text}`;
};

const byPosition = (left: SettingsProblem, right: SettingsProblem): number =>
	(left.line ?? 0) - (right.line ?? 0) || (left.column ?? 0) - (right.column ?? 0);

/** Do not report a key as missing when its value or its section was already rejected. */
const isExplained = ({lacks}: SettingsProblem, problems: readonly SettingsProblem[]): boolean =>
	lacks !== undefined &&
	problems.some(
		({path, part, lacks: alsoLacks}) =>
			alsoLacks === undefined &&
			part === 'value' &&
			path?.every((step, index) => step === lacks[index]) === true,
	);

/** One line each, in the order of the file, at most the first 20. */
export const formatProblems = (file: string, problems: readonly SettingsProblem[]): string => {
	const lines = problems
		.filter((problem) => !isExplained(problem, problems))
		.toSorted(byPosition)
		.map((problem) => formatProblem(file, problem));
	const shown = [...new Set(lines)];
	const more = shown.length - mostProblems;
	return [...shown.slice(0, mostProblems), ...(more > 0 ? [`... and ${more} more`] : [])].join(
		'\n',
	);
};

const mostProblems = 20;

/** The known word that was probably meant; undefined if none is similar. */
export const suggest = (word: string, known: Iterable<string>): string | undefined => {
	const [nearest] = [...known]
		.map((candidate) => ({
			candidate,
			away: distance(word.toLowerCase(), candidate.toLowerCase()),
		}))
		.filter(({candidate, away}) => away <= Math.max(1, Math.floor(candidate.length / 3)))
		.toSorted((left, right) => left.away - right.away);
	return nearest?.candidate;
};

/** A value from the file, made short and printable for a message of one line. */
export const shorten = (text: string): string => {
	const line = text.replaceAll(/\p{C}+/gu, ' ');
	return line.length > 40 ? `${line.slice(0, 39)}…` : line;
};
