import {type Command, CommanderError} from 'commander';
import type {CommandRow} from './arguments/command-row.ts';
import {commands, defaultCommand} from './arguments/command-table.ts';
import {longName, optionsOf, readCommon} from './arguments/common-options.ts';
import {explainOperand, explainUsage} from './arguments/explain-usage.ts';
import {buildCommand, buildOverview} from './arguments/help.ts';
import {readValues} from './arguments/values.ts';
import type {Environment} from './domain/settings/variables.ts';
import type {Invocation} from './invocation.ts';

/**
 * Reads the command line (without the program's own name) and the `CISTERN_*` variables. Runs and
 * prints nothing; a help is broken at words to so many columns. Throws a StopError with exit code 2
 * for what it does not understand.
 */
export const parseArguments = (
	argv: readonly string[],
	environment: Environment,
	columns = widestHelp,
): Invocation => {
	const {row, rest} = findCommand(argv);
	const command = keepQuiet(buildCommand(row ?? defaultCommand));
	try {
		command.parse(rest, {from: 'user'});
	} catch (error) {
		return answerOrThrow(error, row, command, columns);
	}

	const {name, read} = row ?? defaultCommand;
	const values = readValues(name, command.opts(), environment);
	return read(values, command.args, readCommon(values, environment));
};

/** Help and version end commander's parsing like a mistake does. */
const answerOrThrow = (
	error: unknown,
	row: CommandRow | undefined,
	command: Command,
	columns: number,
): Invocation => {
	if (!(error instanceof CommanderError)) {
		throw error;
	}

	switch (error.code) {
		case 'commander.version':
			return {command: 'version'};
		case 'commander.helpDisplayed':
			return {command: 'help', text: helpOf(row, Math.min(widestHelp, columns))};
		default:
			throw explainUsage(error, row, command.args[0]);
	}
};

const helpOf = (row: CommandRow | undefined, columns: number): string => {
	let text = '';
	keepQuiet(row === undefined ? buildOverview(columns) : buildCommand(row))
		.configureOutput({writeOut: (part) => (text += part), getOutHelpWidth: () => columns})
		.outputHelp();
	return text;
};

/** Longer lines are harder to read, however wide the terminal is. */
const widestHelp = 80;

/** Commander would print, end the process, and fit its text to the terminal it finds. */
const keepQuiet = (command: Command): Command =>
	command.exitOverride().configureOutput({
		writeOut: () => {},
		writeErr: () => {},
		getOutHasColors: () => false,
		getErrHasColors: () => false,
	});

/**
 * The command is the first word that is neither an option nor an option's value, so that options
 * may stand before it. `help restore` is `restore --help`.
 */
const findCommand = (
	argv: readonly string[],
): {readonly row: CommandRow | undefined; readonly rest: readonly string[]} => {
	const index = findFirstWord(argv);
	const word = argv[index];
	const rest = argv.toSpliced(index, 1);
	if (word === 'help') {
		const about = findCommand(rest);
		return {...about, rest: [...about.rest, '--help']};
	}

	const row = commands.find(({name}) => name === word);
	if (row === undefined && word !== undefined && word !== '--') {
		throw explainOperand(word, row);
	}

	return {row, rest};
};

/** The end of the line where an unknown option comes first: nobody knows if it has a value. */
const findFirstWord = (argv: readonly string[]): number => {
	let index = 0;
	while (argv[index]?.startsWith('-') && argv[index] !== '--') {
		const words = countWords(argv[index] ?? '');
		index = words === undefined ? argv.length : index + words;
	}

	return index;
};

const countWords = (word: string): number | undefined => {
	const [option = ''] = word.split('=');
	const row = allOptions.find((each) => longName(each) === option);
	if (row === undefined) {
		return ['-h', '--help', '--version'].includes(option) ? 1 : undefined;
	}

	return row.flags.includes('<') && option === word ? 2 : 1;
};

const allOptions = commands.flatMap(({options}) => optionsOf(options));
