/**
 * Bitbucket's `fields` parameter: `a,b.c` keeps only these, `-a.b` takes away, `+a` adds to the
 * usual, which changes nothing here as everything is shown. `*` stands for all of one level.
 */
export const selectFields = (body: unknown, fields: string | null): unknown => {
	const paths = (fields ?? '').split(',').filter((path) => path !== '');
	const wanted = paths.filter((path) => !/^[-+]/.test(path)).map(toPath);
	const unwanted = paths
		.filter((path) => path.startsWith('-'))
		.map((path) => toPath(path.slice(1)));
	return without(wanted.length === 0 ? body : only(body, wanted), unwanted);
};

type Path = readonly string[];

const toPath = (text: string): Path => text.split('.');

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

const below = (paths: readonly Path[], key: string): readonly Path[] =>
	paths.filter(([first]) => first === key || first === '*').map((path) => path.slice(1));

const only = (value: unknown, paths: readonly Path[]): unknown => {
	if (paths.some((path) => path.length === 0)) {
		return value;
	}
	if (Array.isArray(value)) {
		return value.map((item) => only(item, paths));
	}
	if (!isObject(value)) {
		return value;
	}
	const kept = Object.entries(value).flatMap(([key, inner]): [string, unknown][] => {
		const rest = below(paths, key);
		return rest.length === 0 ? [] : [[key, only(inner, rest)]];
	});
	return Object.fromEntries(kept);
};

const without = (value: unknown, paths: readonly Path[]): unknown => {
	if (paths.length === 0) {
		return value;
	}
	if (Array.isArray(value)) {
		return value.map((item) => without(item, paths));
	}
	if (!isObject(value)) {
		return value;
	}
	const kept = Object.entries(value).flatMap(([key, inner]): [string, unknown][] => {
		const rest = below(paths, key);
		return rest.some((path) => path.length === 0) ? [] : [[key, without(inner, rest)]];
	});
	return Object.fromEntries(kept);
};
