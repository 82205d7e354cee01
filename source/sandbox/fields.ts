type Path = readonly string[];

/**
 * Bitbucket's `fields` parameter: `a,b.c` keeps only these, `+a.b` adds a field that is `hidden`
 * unless it is asked for, and `-a.b` takes one away.
 */
export const selectFields = (
	body: unknown,
	fields: string | null,
	hidden: readonly string[] = [],
): unknown => {
	const asked = (fields ?? '').split(',').filter((field) => field !== '');
	const named = (sign: string): readonly string[] =>
		asked.filter((field) => field.startsWith(sign)).map((field) => field.slice(1));
	const plain = asked.filter((field) => !/^[+-]/.test(field));
	const added = [...plain, ...named('+')];
	const dropped = [
		...named('-'),
		...hidden.filter((field) => !added.some((each) => isAtOrBelow(each, field))),
	];
	const kept = plain.length === 0 ? body : keep(body, added.map(toPath));
	return dropped.map(toPath).reduce(drop, kept);
};

const toPath = (field: string): Path => field.split('.');

const isAtOrBelow = (field: string, above: string): boolean =>
	field === above || field.startsWith(`${above}.`);

const keep = (value: unknown, paths: readonly Path[]): unknown => {
	if (paths.some((path) => path.length === 0) || typeof value !== 'object' || value === null) {
		return value;
	}
	if (Array.isArray(value)) {
		return value.map((item) => keep(item, paths));
	}
	const kept = Object.entries(value).flatMap(([key, inner]): [string, unknown][] => {
		const below = paths.filter(([first]) => first === key).map((path) => path.slice(1));
		return below.length === 0 ? [] : [[key, keep(inner, below)]];
	});
	return Object.fromEntries(kept);
};

const drop = (value: unknown, path: Path): unknown => {
	if (typeof value !== 'object' || value === null) {
		return value;
	}
	if (Array.isArray(value)) {
		return value.map((item) => drop(item, path));
	}
	const [first, ...below] = path;
	return Object.fromEntries(
		Object.entries(value).flatMap(([key, inner]): [string, unknown][] =>
			key !== first ? [[key, inner]] : below.length === 0 ? [] : [[key, drop(inner, below)]],
		),
	);
};
