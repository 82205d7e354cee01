/** Where in a settings file something stands: `['sources', 0, 'title']`. */
export type SettingPath = readonly (string | number)[];

/** Counted from 1. */
export type Position = {readonly line: number; readonly column: number};

/** Finds the position of a key, or of what stands behind it. */
export type Locate = (path: SettingPath, part: 'key' | 'value') => Position | undefined;

export type SettingsProblem = {
	/** In the settings file; undefined for what was given otherwise. */
	readonly path: SettingPath | undefined;
	readonly part: 'key' | 'value';
	/** What is wrong, without a full stop. */
	readonly message: string;
	/** What would be right. */
	readonly hint?: string;
	/** The key that is missing, where that is what is wrong. */
	readonly lacks?: SettingPath;
	readonly line?: number;
	readonly column?: number;
};

export type Report = (problem: SettingsProblem) => void;

/** Adds line and column, of the nearest thing around it where the thing itself is missing. */
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
export const formatProblem = (file: string, problem: SettingsProblem): string => {
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

/** Of a key whose value was refused, or all that is around it, nobody needs to hear that it is missing. */
const isExplained = ({lacks}: SettingsProblem, problems: readonly SettingsProblem[]): boolean =>
	lacks !== undefined &&
	problems.some(
		({path, part, lacks: alsoLacks}) =>
			alsoLacks === undefined &&
			part === 'value' &&
			path?.every((step, index) => step === lacks[index]) === true,
	);

/** All of them, in the order of the file, one a line, at most the first 20. */
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
