/** The fields that a query may name, as texts (dates too) and numbers. */
export type Filterable = Readonly<Record<string, string | number>>;

export type Filter = (item: Filterable) => boolean;

const token = /\s*(?:(\(|\)|!=|<=|>=|=|<|>)|"((?:[^"\\]|\\.)*)"|([\w.+:-]+))/y;

/** Names, operators and brackets of a query; values with a mark before them. */
const split = (query: string): readonly string[] | undefined => {
	const tokens: string[] = [];
	token.lastIndex = 0;
	while (token.lastIndex < query.trimEnd().length) {
		const found = token.exec(query);
		if (found === null) {
			return undefined;
		}
		const [, sign, quoted, word = ''] = found;
		tokens.push(sign ?? (quoted === undefined ? word : `"${quoted}`));
	}
	return tokens;
};

/**
 * Bitbucket's `q`, as far as Cistern uses it: comparisons with `AND`, `OR` and brackets. Undefined for
 * a query that it would refuse.
 */
export const readFilter = (query: string, known: readonly string[]): Filter | undefined => {
	const tokens = split(query);
	if (tokens === undefined) {
		return undefined;
	}
	let at = 0;
	const take = (wanted: string): boolean => {
		const isNext = tokens[at]?.toUpperCase() === wanted;
		at += isNext ? 1 : 0;
		return isNext;
	};

	const comparison = (): Filter | undefined => {
		const [field = '', operator = '', value = ''] = tokens.slice(at, at + 3);
		const compare = operators[operator];
		at += 3;
		return !known.includes(field) || compare === undefined || value === ''
			? undefined
			: (item) => compare(order(item[field] ?? '', value.replace(/^"/, '')));
	};
	const term = (): Filter | undefined => {
		if (!take('(')) {
			return comparison();
		}
		const inner = either();
		return take(')') ? inner : undefined;
	};
	const joined = (
		word: 'AND' | 'OR',
		next: () => Filter | undefined,
		join: (all: readonly Filter[]) => Filter,
	): Filter | undefined => {
		const all = [next()];
		while (take(word)) {
			all.push(next());
		}
		const whole = all.filter((filter) => filter !== undefined);
		return whole.length === all.length ? join(whole) : undefined;
	};
	const both = (): Filter | undefined =>
		joined('AND', term, (all) => (item) => all.every((filter) => filter(item)));
	const either = (): Filter | undefined =>
		joined('OR', both, (all) => (item) => all.some((filter) => filter(item)));

	const filter = either();
	return at === tokens.length ? filter : undefined;
};

const operators: Readonly<Record<string, (order: number) => boolean>> = {
	'=': (order) => order === 0,
	'!=': (order) => order !== 0,
	'<': (order) => order < 0,
	'<=': (order) => order <= 0,
	'>': (order) => order > 0,
	'>=': (order) => order >= 0,
};

/** Negative if `left` comes first. Dates are compared as moments, to the microsecond. */
const order = (left: string | number, right: string): number => {
	if (typeof left === 'number') {
		return left - Number(right);
	}
	const [first, second] = [microseconds(left), microseconds(right)];
	return first === undefined || second === undefined
		? left.localeCompare(right, 'en')
		: first - second;
};

const microseconds = (text: string): number | undefined => {
	const [, seconds, fraction = '', zone = ''] =
		/^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(Z|[+-]\d\d:\d\d)$/.exec(text) ?? [];
	const time = Date.parse(`${seconds}${zone}`);
	return Number.isNaN(time) ? undefined : time * 1000 + Number(fraction.padEnd(6, '0'));
};
