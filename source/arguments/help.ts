import {Command, Option} from 'commander';
import type {CommandRow} from './command-row.ts';
import {commands} from './command-table.ts';
import {commonOptions, generalOptions, type OptionGroup, type OptionRow} from './common-options.ts';

/** A commander command that knows a row's options and writes its help, and does nothing else. */
export const buildCommand = (row: CommandRow): Command => {
	const groups = [{title: 'Options:', rows: row.options}, ...commonOptions];
	const command = addOptions(newCommand(`cistern ${row.name}`), groups);
	if (row.operands !== undefined) {
		command.argument(row.operands.name, row.operands.help);
	}

	return command
		.description(`${capitalise(row.summary)}.`)
		.addHelpText('after', () => formatExamples(row.examples));
};

/** The help of the program as a whole, for so many columns. */
export const buildOverview = (columns: number): Command =>
	addOptions(newCommand('cistern'), [generalOptions])
		.usage('[command] [options]')
		.description(
			[
				'Backs up whole Bitbucket Cloud workspaces, never forgets what it once saved, and brings it back. The first time, "cistern" asks for what it needs.',
				'',
				'Commands:',
				...listCommands(columns),
			].join('\n'),
		)
		.addHelpText('after', () =>
			formatExamples([
				'cistern                               set up, then back up',
				'cistern --yes --json                  in the night, for a machine',
				'cistern restore api --to ~/rescued    the worst day',
				'cistern help backup                   all options of one command',
			]),
		);

/** Less is left as it is: a column of single words. */
const narrowestColumn = 18;

const newCommand = (name: string): Command =>
	new Command(name).configureHelp({minWidthToWrap: narrowestColumn});

/** As commander lists options; it would put commands below them. */
const listCommands = (columns: number): readonly string[] => {
	const helper = newCommand('cistern').createHelp();
	helper.prepareContext({helpWidth: columns});
	const width = Math.max(...commands.map(({name}) => name.length)) + 1;
	return commands.map(({name, summary}) => helper.formatItem(name, width, summary, helper));
};

const addOptions = (command: Command, groups: readonly OptionGroup[]): Command => {
	for (const {title, rows} of groups) {
		for (const row of rows) {
			command.addOption(toOption(row).helpGroup(title));
		}
	}

	return command
		.optionsGroup(generalOptions.title)
		.version('', '--version', 'print the version')
		.helpOption('-h, --help', 'print this help');
};

const toOption = ({flags, help, isList, excludes}: OptionRow): Option => {
	const option = new Option(flags, help).conflicts([...(excludes ?? [])]);
	return isList
		? option.argParser((value: string, earlier: readonly string[] | undefined) => [
				...(earlier ?? []),
				value,
			])
		: option;
};

const formatExamples = (examples: readonly string[]): string =>
	['', 'Examples:', ...examples.map((example) => `  ${example}`)].join('\n');

const capitalise = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
