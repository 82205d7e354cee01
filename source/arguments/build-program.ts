import {Command, type CommanderError, InvalidArgumentError, Option} from 'commander';
import {capitalise} from '../domain/text/format.ts';
import {version} from '../version.ts';
import type {CommandRow} from './command-row.ts';
import {commands, defaultCommand} from './command-table.ts';
import {commonOptions, type OptionGroup, type OptionRow} from './options.ts';

type ProgramContext = {
	/** The help is broken at words to this many columns. */
	readonly columns: number;
	/** Takes the help and the version. */
	readonly write: (text: string) => void;
	readonly run: (row: CommandRow, command: Command) => void;
	/** Called instead of `process.exit`, with the command if one was named; throws. */
	readonly exit: (error: CommanderError, row: CommandRow | undefined) => never;
};

/** A column narrower than this is not wrapped: it would be a column of single words. */
const narrowestColumn = 18;

const [general] = commonOptions;

/** Commander's program with all commands. Options of all commands may stand before or after one. */
export const buildProgram = (context: ProgramContext): Command => {
	const {columns, write, exit} = context;
	const program = new Command('cistern')
		.usage('[command] [options]')
		.configureOutput({
			writeOut: write,
			writeErr: () => {},
			getOutHelpWidth: () => columns,
			getOutHasColors: () => false,
			getErrHasColors: () => false,
		})
		.configureHelp({
			minWidthToWrap: narrowestColumn,
			showGlobalOptions: true,
			// The overview lists the commands first; commander would list them last.
			visibleCommands: () => [],
			styleTitle: (title) => (title === 'Global Options:' ? `${general?.title}` : title),
		})
		.exitOverride((error) => exit(error, undefined));
	addOptions(program, commonOptions)
		.optionsGroup(general?.title ?? '')
		.version(version, '--version', 'print the version')
		.helpOption('-h, --help', 'print this help')
		.description(
			[
				'Back up whole Bitbucket workspaces, and get them back. The first time, "cistern" asks for what it needs.',
				'',
				'Commands:',
				...listCommands(columns),
			].join('\n'),
		)
		.addHelpText('after', formatExamples(overviewExamples));
	for (const row of commands) {
		addCommand(program, row, context);
	}

	return program;
};

const overviewExamples = [
	'cistern                               set up, then back up',
	'cistern --yes --json                  every night, for a machine',
	'cistern restore api --to ~/rescued    the worst day',
	'cistern help backup                   all options of one command',
];

const addCommand = (program: Command, row: CommandRow, {run, exit}: ProgramContext): void => {
	const isDefault = row === defaultCommand;
	const command = program
		.command(row.name, {isDefault})
		.description(`${capitalise(row.summary)}.`)
		.helpOption('-h, --help', 'print this help')
		// A word behind the default command may be a mistyped command.
		.allowExcessArguments(isDefault)
		.exitOverride((error) => exit(error, program.args[0] === row.name ? row : undefined))
		.addHelpText('after', formatExamples(row.examples))
		.action(() => run(row, command));
	addOptions(command, [{title: 'Options:', rows: row.options}]);
	if (row.operands !== undefined) {
		command.argument(row.operands.name, row.operands.help);
	}
};

const addOptions = (command: Command, groups: readonly OptionGroup[]): Command => {
	for (const {title, rows} of groups) {
		for (const row of rows) {
			command.addOption(toOption(row).helpGroup(title));
		}
	}

	return command;
};

const toOption = (row: OptionRow): Option => {
	const {flags, help, variable, isList, excludes = [], parse, right} = row;
	const option = new Option(flags, variable === undefined ? help : `${help} (${variable})`);
	option.conflicts([...excludes]);
	if (isList) {
		return option.argParser((value: string, earlier: readonly string[] | undefined) => [
			...(earlier ?? []),
			value,
		]);
	}

	return parse === undefined
		? option
		: option.argParser((text: string) => {
				const number = parse(text);
				if (number === undefined) {
					throw new InvalidArgumentError(`It must be ${right}.`);
				}

				return number;
			});
};

/** As commander lists commands, but without their options and arguments. */
const listCommands = (columns: number): readonly string[] => {
	const helper = new Command().configureHelp({minWidthToWrap: narrowestColumn}).createHelp();
	helper.prepareContext({helpWidth: columns});
	const width = Math.max(...commands.map(({name}) => name.length)) + 1;
	return commands.map(({name, summary}) => helper.formatItem(name, width, summary, helper));
};

const formatExamples = (examples: readonly string[]): string =>
	['', 'Examples:', ...examples.map((example) => `  ${example}`)].join('\n');
