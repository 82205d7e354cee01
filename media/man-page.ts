import type {CommandRow} from '../source/arguments/command-row.ts';
import {commands} from '../source/arguments/command-table.ts';
import {commonOptions, type OptionRow} from '../source/arguments/options.ts';
import {exitCodes} from '../source/domain/failure/exit-code.ts';
import type {SettingRow} from '../source/domain/settings/setting-row.ts';
import {rowsOf} from '../source/domain/settings/settings-table.ts';
import {settingsSections} from './pages.ts';

/** Of the last change of its words: a build must not depend on the day on which it is made. */
const date = 'November 30, 2026';

const meanings: Readonly<Record<keyof typeof exitCodes, string>> = {
	done: 'Everything in scope is saved as it is upstream now, or the command did as it was asked.',
	failed: 'It could not work: bad settings, an unusable folder, a full disk, no usable git.',
	usage: 'Wrong usage.',
	incomplete: 'It finished, but something in scope is not saved or not whole.',
	locked: 'Another run holds the folder.',
	refused: 'Credentials were refused, or lack a needed permission.',
	interrupted: 'It was interrupted.',
};

/** docs/cistern.1 in mdoc, from the tables of commands, options, settings and exit codes. */
export const writeManPage = (): string => `${[...head, ...body()].join('\n')}\n`;

const head = [
	'.\\" Made from the source by npm run docs.',
	`.Dd ${date}`,
	'.Dt CISTERN 1',
	'.Os',
	'.Sh NAME',
	'.Nm cistern',
	'.Nd back up whole Bitbucket Cloud workspaces, and get them back',
	'.Sh SYNOPSIS',
	'.Nm',
	'.Op Ar command',
	'.Op Ar options',
	'.Nm',
	'.Cm help',
	'.Op Ar command',
];

const body = (): readonly string[] => [
	'.Sh DESCRIPTION',
	'.Nm',
	...prose(
		'saves every repository of a workspace to a folder, and keeps what upstream later rewrites or deletes. The backup is plain git. Without a command, it makes a backup; the first time, it asks for what it needs.',
	),
	'.Sh COMMANDS',
	...list(commands.flatMap(commandItem)),
	'.Sh OPTIONS',
	...prose(
		'These options may stand before or after every command. An option wins over a variable, a variable over the settings file, the file over the default.',
	),
	...list(commonOptions.flatMap(({rows}) => rows.flatMap(optionItem))),
	'.Sh ENVIRONMENT',
	...list(commonOptions.flatMap(({rows}) => rows.flatMap(variableItem))),
	'.Sh FILES',
	...list([
		'.It Pa ~/.config/cistern/settings.yml',
		...prose(
			'The settings, in YAML and in the format of SCM Backup. On macOS they are in ~/Library/Preferences/cistern. "cistern setup --example" prints a file with a comment on each key.',
		),
	]),
	...settingsSections.flatMap(([section, title]) => [
		`.Ss Settings ${title.charAt(0).toLowerCase()}${title.slice(1).replaceAll('`', '')}`,
		...list(rowsOf(section).flatMap(([key, row]) => settingItem(key, row))),
	]),
	'.Sh EXIT STATUS',
	...list(
		Object.entries(meanings).flatMap(([name, meaning]) => [
			`.It ${exitCodes[name as keyof typeof exitCodes]}`,
			...prose(meaning),
		]),
	),
	'.Sh EXAMPLES',
	'.Bd -literal',
	...commands.flatMap(({examples}) => examples.map(toRoff)),
	'.Ed',
];

const list = (items: readonly string[]): readonly string[] => [
	'.Bl -tag -width Ds',
	...items,
	'.El',
];

const commandItem = ({name, summary, operands, options}: CommandRow): readonly string[] => [
	`.It Nm Cm ${name}${operands === undefined ? '' : ` ${operand(operands.name)}`}`,
	...prose(`${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`),
	...(operands === undefined ? [] : prose(`Operands: ${operands.help}.`)),
	...(options.length === 0 ? [] : list(options.flatMap(optionItem))),
];

/** `[repo...]` may be left out, `<shell>` may not. */
const operand = (name: string): string =>
	`${name.startsWith('[') ? 'Op Ar' : 'Ar'} ${name.replaceAll(/[<>[\]]/g, '')}`;

const optionItem = ({flags, help}: OptionRow): readonly string[] => {
	const [name = '', value] = flags.split(' ');
	const place = value === undefined ? '' : ` Ar ${value.replaceAll(/[<>]/g, '')}`;
	return [`.It Fl ${name.slice(1)}${place}`, ...prose(help)];
};

const variableItem = ({flags, variable}: OptionRow): readonly string[] =>
	variable === undefined
		? []
		: [`.It Ev ${variable}`, 'Read if', `.Fl ${flags.split(' ')[0]?.slice(1)}`, 'is not given.'];

const settingItem = (key: string, {kind, help}: SettingRow): readonly string[] =>
	kind === 'section' ? [] : [`.It Cm ${key}`, ...prose(help)];

/** A line for each sentence, as mdoc wants it, and none longer than 80 characters. */
const prose = (text: string): readonly string[] =>
	text.split(/(?<=[.!?]) (?=\S)/).flatMap((sentence) =>
		sentence
			.replaceAll(/(.{1,76})(?: |$)/g, '$1\n')
			.trim()
			.split('\n')
			.map(toRoff),
	);

/** A dash that is to be copied from the page, a backslash, and a line that would be a request. */
const toRoff = (text: string): string =>
	text
		.replaceAll('\\', '\\e')
		.replaceAll('-', '\\-')
		.replace(/^(?=[.'])/, '\\&');
