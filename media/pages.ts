import {commands} from '../source/arguments/command-table.ts';
import {commonOptions, type OptionRow} from '../source/arguments/options.ts';
import type {SettingRow} from '../source/domain/settings/setting-row.ts';
import {rowsOf, type SectionName, settingsTable} from '../source/domain/settings/settings-table.ts';

const generated = '<!-- Made from the source by npm run docs. -->';

/** docs/commands.md, from the table of commands. */
export const writeCommandsPage = (): string =>
	`${[
		'# Commands',
		'',
		generated,
		'',
		'`cistern` without a command makes a backup; the first time, it asks for what it needs. `cistern help COMMAND` prints the options of a command.',
		...commands.flatMap(({name, summary, operands, options, examples}) => [
			'',
			`## cistern ${[name, ...(operands === undefined ? [] : [operands.name])].join(' ')}`,
			'',
			`${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`,
			...(operands === undefined ? [] : ['', `\`${operands.name}\`: ${operands.help}`]),
			...(options.length === 0 ? [] : ['', '| option | |', '|---|---|', ...options.map(optionRow)]),
			'',
			'```',
			...examples,
			'```',
		]),
		'',
		'## On every command',
		'',
		'An option wins over a variable, a variable over the settings file, the file over the default. Options of this section may stand before or after the command, options of a command only after it.',
		...commonOptions.flatMap(({title, rows}) => [
			'',
			title,
			'',
			'| option | variable | |',
			'|---|---|---|',
			...rows.map(commonRow),
		]),
		'',
		'- `--version` and `--help` work on every command too.',
		'- `--only` and `--exclude` may be given several times.',
		'- `--yes` decides whether questions are asked. The terminal, `--json` and `--quiet` decide how progress is shown: in a dumb terminal, in a pipe and with `CI` set, as plain lines.',
	].join('\n')}\n`;

const optionRow = ({flags, help}: OptionRow): string => `| \`${flags}\` | ${escapeCell(help)} |`;

const commonRow = ({flags, help, variable}: OptionRow): string =>
	`| \`${flags}\` | ${variable === undefined ? '' : `\`${variable}\``} | ${escapeCell(help)} |`;

const escapeCell = (text: string): string => text.replaceAll('|', '\\|');

export const settingsSections: readonly (readonly [SectionName, string])[] = [
	['top', 'At the top level'],
	['source', 'In a source'],
	['backup', 'Below `options`, `backup`'],
	['email', 'Below `email`'],
	['target', 'In an entry of `tell`'],
	['store', 'In an entry of `stores`'],
];

/** docs/settings.md, from the table of settings. */
export const writeSettingsPage = (): string =>
	`${[
		'# Settings',
		'',
		generated,
		'',
		'The settings file is `~/.config/cistern/settings.yml` on Linux, `~/Library/Preferences/cistern/settings.yml` on macOS and `%APPDATA%\\cistern\\Config\\settings.yml` on Windows, or the file that `--config` (`CISTERN_CONFIG`) names. Its format is that of SCM Backup. `cistern setup --example` prints a file with every key and a comment on each; [settings.schema.json](settings.schema.json) lets an editor check it.',
		'',
		'- `%NAME%` in a value stands for the environment variable `NAME`.',
		'- A mistake is named with its line, its column and the likely right word.',
		'- An option wins over its variable, and both win over the file.',
		'- Each secret in `email`, `tell` and `stores` has two more forms: with `Command` behind its name, a command that prints it; with `File`, a file whose first line it is. Examples: `slackCommand`, `passwordFile`.',
		...settingsSections.flatMap(([section, title]) => [
			'',
			`## ${title}`,
			'',
			'| key | | example | option, variable |',
			'|---|---|---|---|',
			...rowsOf(section)
				.filter(([, {kind}]) => kind !== 'section')
				.map(([key, row]) => settingRow(key, row)),
		]),
		'',
		'## Keys of SCM Backup without effect',
		'',
		`${(Object.keys(settingsTable) as SectionName[])
			.flatMap((section) => settingsTable[section].unused)
			.map((key) => `\`${key}\``)
			.join(', ')}: they are accepted, and a run that finds one switched on says so once.`,
	].join('\n')}\n`;

const settingRow = (key: string, {help, examples = [], option, missing}: SettingRow): string => {
	const given =
		option === undefined ? '' : `\`${option.flags.split(' ')[0]}\`, \`${option.variable}\``;
	const needed = missing === undefined ? '' : ' Required.';
	return `| \`${key}\` | ${escapeCell(help)}${needed} | ${examples.map((value) => `\`${value}\``).join('<br>')} | ${given} |`;
};

/** docs/settings.schema.json, for editors. */
export const writeSettingsSchema = (): string =>
	`${JSON.stringify(
		{
			$schema: 'http://json-schema.org/draft-07/schema#',
			title: "Cistern's settings.yml",
			...sectionSchema('top'),
		},
		null,
		'\t',
	)}\n`;

const sectionSchema = (section: SectionName): object => ({
	type: ['object', 'null'],
	additionalProperties: false,
	properties: {
		...Object.fromEntries(
			rowsOf(section).flatMap(([key, row]) => [
				[key, {description: row.help, ...keySchema(key, row)}],
				...(row.isSecret === true ? ['Command', 'File'].map((way) => [`${key}${way}`, text]) : []),
			]),
		),
		...Object.fromEntries(
			settingsTable[section].unused.map((key) => [
				key,
				{description: 'A key of SCM Backup, without effect here.'},
			]),
		),
	},
});

/** Any single value is text, as it is written; an empty one counts as missing. */
const text = {type: ['string', 'number', 'boolean', 'null']};

/** Every value may be an environment variable. */
const variable = {type: 'string', pattern: '%[A-Za-z_][A-Za-z0-9_]*%'};

/** The sections that a key of the kind `section` holds. */
const sectionKeySchema = (key: string): object => {
	switch (key) {
		case 'sources':
			return {type: ['array', 'null'], items: sectionSchema('source')};
		case 'tell':
			return {type: ['array', 'null'], items: sectionSchema('target')};
		case 'stores':
			return {type: ['array', 'null'], items: sectionSchema('store')};
		default:
			return sectionSchema(key as SectionName);
	}
};

const keySchema = (key: string, {kind, choices}: SettingRow): object => {
	switch (kind) {
		case 'section':
			return sectionKeySchema(key);
		case 'list':
			return {type: ['array', 'null'], items: text};
		case 'list-or-none':
			return {anyOf: [{enum: ['none']}, {type: ['array', 'null'], items: text}]};
		case 'yes-no':
			return {anyOf: [{type: ['boolean', 'null']}, {enum: ['yes', 'no', 'on', 'off']}, variable]};
		case 'count':
			return {anyOf: [{type: 'integer', minimum: 1, maximum: 64}, {type: 'null'}, variable]};
		default:
			return choices === undefined ? text : {anyOf: [{enum: [...choices, null]}, variable]};
	}
};
