import {exitCodes} from '../domain/failure/exit-code.ts';
import {StopError} from '../domain/failure/failure.ts';
import {type Environment, readVariable} from '../domain/settings/variables.ts';

/** Ends with exit code 2: a sentence, and where the right usage is told. */
export const usageError = (message: string, command: string): StopError =>
	new StopError(message, {
		advice: `"cistern ${command} --help" shows what it takes.`,
		exitCode: exitCodes.usage,
	});

/** What the command line and the environment say for the options of one command. */
export type Values = {
	readonly command: string;
	/** An option's value or else, where it has one, its variable's. */
	readonly text: (option: string, variable?: string) => string | undefined;
	readonly list: (option: string) => readonly string[];
	readonly isSet: (option: string) => boolean;
	/** A text that `parse` understands; anything else ends in a usage error with `right`. */
	readonly parsed: <Parsed>(
		option: string,
		parse: (text: string) => Parsed | undefined,
		right: string,
	) => Parsed | undefined;
};

/** `options` are commander's, by their names in camel case. */
export const readValues = (
	command: string,
	options: Readonly<Record<string, unknown>>,
	environment: Environment,
): Values => {
	const text: Values['text'] = (option, variable) => {
		const value = options[toCamelCase(option)];
		const given = typeof value === 'string' ? value : undefined;
		if (given === '') {
			throw usageError(`--${option} is empty.`, command);
		}

		return given ?? (variable === undefined ? undefined : readVariable(environment, variable));
	};

	return {
		command,
		text,
		list: (option) => {
			const value = options[toCamelCase(option)];
			return Array.isArray(value) ? value.map(String) : [];
		},
		isSet: (option) => options[toCamelCase(option)] === true,
		parsed: (option, parse, right) => {
			const given = text(option);
			const parsed = given === undefined ? undefined : parse(given);
			if (given !== undefined && parsed === undefined) {
				throw usageError(`--${option} must be ${right}, not "${given}".`, command);
			}

			return parsed;
		},
	};
};

const toCamelCase = (option: string): string =>
	option.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
