import {exitCodes} from '../domain/failure/exit-code.ts';
import {StopError} from '../domain/failure/failure.ts';
import {
	type AnswerName,
	answers,
	describeAnswer,
	settingsTable,
} from '../domain/settings/settings-table.ts';
import {type Environment, readVariable} from '../domain/settings/variables.ts';
import type {AccountOptions, CommonOptions} from './invocation.ts';

/** The values that a completion offers: things of this computer or the backup, or these words. */
export type ValueKind =
	| 'file'
	| 'folder'
	| 'repository'
	| 'source'
	| 'store'
	| 'target'
	/** A day on which the backup changed. */
	| 'day'
	| readonly string[];

/** An option of the command line. */
export type OptionRow = {
	/** In commander's notation: `--to <dir>`. */
	readonly flags: string;
	readonly help: string;
	/** The variable that is read if the option is not given. */
	readonly variable?: string;
	readonly values?: ValueKind;
	/** May be given several times. */
	readonly isList?: true;
	/** Long names of options that cannot be combined with it. */
	readonly excludes?: readonly string[];
	/** Reads a number; undefined for any other text, which `right` then describes. */
	readonly parse?: (text: string) => number | undefined;
	readonly right?: string;
};

export type OptionGroup = {readonly title: string; readonly rows: readonly OptionRow[]};

export const commonOptions: readonly OptionGroup[] = [
	{
		title: 'Options for all commands:',
		rows: [
			{
				flags: '--config <file>',
				help: 'settings file',
				variable: 'CISTERN_CONFIG',
				values: 'file',
			},
			{flags: '--source <title>', help: 'only this source of the settings', values: 'source'},
			{flags: '--yes', help: 'ask nothing: for cron and CI'},
			{flags: '--json', help: 'results and events as JSON, one a line'},
			{
				flags: '--quiet',
				help: 'only warnings, failures and the summary',
				excludes: ['verbose'],
			},
			{flags: '--verbose', help: 'more detail, dates in full'},
			{flags: '--no-color', help: 'no colours', variable: 'NO_COLOR'},
		],
	},
	{
		title: 'Instead of the settings file, or over it:',
		rows: [
			answers.workspace,
			{...answers.type, values: settingsTable.source.rows.type.choices},
			answers.authName,
			answers.apiAuthName,
			{...answers.folder, values: 'folder'},
			answers.token,
			answers.apiUrl,
		],
	},
];

/** Ends with exit code 2. */
export const usageError = (message: string, command: string): StopError =>
	new StopError(message, {
		advice: `"cistern ${command} --help" shows what it takes.`,
		exitCode: exitCodes.usage,
	});

/** The values of one command's options, from the command line and the environment. */
export type Values = {
	readonly command: string;
	/** An option's value, or its variable's if the option is not given. */
	readonly text: (option: string, variable?: string) => string | undefined;
	readonly list: (option: string) => readonly string[];
	readonly number: (option: string) => number | undefined;
	readonly isSet: (option: string) => boolean;
};

/** Commander's key of an option: `authName` for `auth-name`. */
export const keyOf = (option: string): string =>
	option.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** `options` are commander's, by their keys. */
export const readValues = (
	command: string,
	options: Readonly<Record<string, unknown>>,
	environment: Environment,
): Values => {
	const readOption = (option: string): unknown => options[keyOf(option)];
	return {
		command,
		text: (option, variable) => {
			const value = readOption(option);
			if (value === '') {
				throw usageError(`--${option} is empty.`, command);
			}

			return typeof value === 'string' ? value : variable && readVariable(environment, variable);
		},
		list: (option) => {
			const value = readOption(option);
			return Array.isArray(value) ? value.map(String) : [];
		},
		number: (option) => {
			const value = readOption(option);
			return typeof value === 'number' ? value : undefined;
		},
		isSet: (option) => readOption(option) === true,
	};
};

/** Values of the options that every command takes. */
export const readCommon = (values: Values, environment: Environment): CommonOptions => ({
	...readAccount(values),
	config: values.text('config', 'CISTERN_CONFIG'),
	source: values.text('source'),
	yes: values.isSet('yes'),
	json: values.isSet('json'),
	quiet: values.isSet('quiet'),
	verbose: values.isSet('verbose'),
	noColour: !values.isSet('color') || readVariable(environment, 'NO_COLOR') !== undefined,
});

const readAccount = (values: Values): AccountOptions => ({
	workspace: readAnswer('workspace', values),
	type: readAnswer('type', values),
	authName: readAnswer('authName', values),
	apiAuthName: readAnswer('apiAuthName', values),
	folder: readAnswer('folder', values),
	apiUrl: readAnswer('apiUrl', values),
	tokenStdin: values.isSet('token-stdin'),
});

const readAnswer = (name: AnswerName, values: Values): string | undefined => {
	const {option, variable, check} = answers[name];
	const given = values.text(option.slice('--'.length), variable);
	const wrong = given === undefined ? undefined : check?.(given);
	if (wrong !== undefined) {
		throw usageError(`${describeAnswer(name)}: "${given}" ${wrong}.`, values.command);
	}

	return given;
};
