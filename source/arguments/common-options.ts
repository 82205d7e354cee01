import {
	type Check,
	checkApiUrl,
	checkAuthName,
	checkType,
	checkWorkspace,
} from '../domain/answers/checks.ts';
import {type AnswerName, answers, describeAnswer} from '../domain/settings/settings-table.ts';
import {type Environment, readVariable} from '../domain/settings/variables.ts';
import type {AccountOptions, CommonOptions} from '../invocation.ts';
import {usageError, type Values} from './values.ts';

/** One option of the command line: how it is written, and what its help says. */
export type OptionRow = {
	readonly flags: string;
	readonly help: string;
	/** May be given several times. */
	readonly isList?: true;
	/** Long names of options that make no sense beside it. */
	readonly excludes?: readonly string[];
};

export type OptionGroup = {readonly title: string; readonly rows: readonly OptionRow[]};

export const generalOptions: OptionGroup = {
	title: 'Options for all commands:',
	rows: [
		{flags: '--config <file>', help: 'settings file (CISTERN_CONFIG)'},
		{flags: '--source <title>', help: 'only this source of the settings'},
		{flags: '--yes', help: 'ask nothing: for cron and CI'},
		{flags: '--json', help: 'results and events as JSON, one a line'},
		{flags: '--quiet', help: 'only warnings, failures and the summary', excludes: ['verbose']},
		{flags: '--verbose', help: 'more detail, dates in full'},
		{flags: '--no-color', help: 'no colours (NO_COLOR)'},
	],
};

const accountOptions: OptionGroup = {
	title: 'Instead of the settings file, or over it:',
	rows: [
		{flags: '--workspace <id>', help: 'workspace to back up (CISTERN_WORKSPACE)'},
		{flags: '--type <type>', help: 'user or org (CISTERN_TYPE)'},
		{flags: '--auth-name <name>', help: 'Bitbucket user name, for git (CISTERN_AUTH_NAME)'},
		{
			flags: '--api-auth-name <email>',
			help: 'Atlassian e-mail, for the API (CISTERN_API_AUTH_NAME)',
		},
		{flags: '--folder <dir>', help: 'backup folder (CISTERN_FOLDER)'},
		{flags: '--token-stdin', help: 'read the token from stdin (or CISTERN_TOKEN)'},
		{flags: '--api-url <url>', help: 'address of the API, for a proxy (CISTERN_API_URL)'},
	],
};

export const commonOptions: readonly OptionGroup[] = [generalOptions, accountOptions];

/** A command's own options and those that all have. */
export const optionsOf = (own: readonly OptionRow[]): readonly OptionRow[] => [
	...own,
	...commonOptions.flatMap(({rows}) => rows),
];

/** `--to` of `--to <dir>`. */
export const longName = ({flags}: OptionRow): string => flags.split(' ')[0] ?? flags;

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
	workspace: readAnswer('workspace', checkWorkspace, values),
	type: readAnswer('type', checkType, values),
	authName: readAnswer('authName', checkAuthName, values),
	apiAuthName: readAnswer('apiAuthName', checkAuthName, values),
	folder: readAnswer('folder', () => undefined, values),
	apiUrl: readAnswer('apiUrl', checkApiUrl, values),
	tokenStdin: values.isSet('token-stdin'),
});

const readAnswer = (name: AnswerName, check: Check, values: Values): string | undefined => {
	const {option, variable} = answers[name];
	const given = values.text(option.slice('--'.length), variable);
	const wrong = given === undefined ? undefined : check(given);
	if (wrong !== undefined) {
		throw usageError(`${describeAnswer(name)}: "${given}" ${wrong}.`, values.command);
	}

	return given;
};
