/** Environment variables: names to values. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** An environment variable as SCM Backup and Windows write it: `%NAME%`. */
const variable = /%([A-Za-z_][A-Za-z0-9_]*)%/g;

/** A variable's value; an empty one counts as not set, as in CI where a secret is missing. */
export const readVariable = (environment: Environment, name: string): string | undefined => {
	const value = Object.hasOwn(environment, name) ? environment[name] : undefined;
	return value === '' ? undefined : value;
};

/** Replaces variables by their values. Variables that are not set stay, and are listed. */
export const expandVariables = (
	text: string,
	environment: Environment,
): {readonly text: string; readonly unset: readonly string[]} => {
	const unset: string[] = [];
	const expanded = text.replaceAll(variable, (whole, name: string) => {
		const value = readVariable(environment, name);
		if (value === undefined) {
			unset.push(name);
		}

		return value ?? whole;
	});
	return {text: expanded, unset};
};

/** Does a value consist of variables alone, so that it reveals no secret? */
export const isOnlyVariables = (text: string): boolean => text.replaceAll(variable, '') === '';

/** The names of all variables in a value. */
export const namesIn = (text: string): readonly string[] =>
	[...text.matchAll(variable)].map(([, name = '']) => name);
