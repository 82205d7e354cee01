import {CommanderError} from 'commander';
import {tokenKind} from '../domain/answers/token-kind.ts';
import {exitCodes} from '../domain/failure/exit-code.ts';
import {StopError} from '../domain/failure/failure.ts';
import {shorten, suggest} from '../domain/settings/settings-problem.ts';
import type {Environment} from '../domain/settings/variables.ts';
import {toPrintable} from '../domain/text/printable-text.ts';
import {buildProgram} from './build-program.ts';
import type {CommandRow} from './command-row.ts';
import {commands, defaultCommand} from './command-table.ts';
import type {Invocation} from './invocation.ts';
import {readCommon, readValues, usageError} from './options.ts';

/** Longer lines are harder to read, however wide the terminal is. */
const widestHelp = 80;

/**
 * Reads the command line (without the program's own name) and the `CISTERN_*` variables. Runs and
 * prints nothing; a help is broken at words to `columns`. Throws a StopError with exit code 2 for
 * a usage that is not understood.
 */
export const parseArguments = (
	argv: readonly string[],
	environment: Environment,
	columns = widestHelp,
): Invocation => {
	let text = '';
	let invocation: Invocation | undefined;
	const program = buildProgram({
		columns: Math.min(widestHelp, columns),
		write: (part) => {
			text += part;
		},
		run: (row, command) => {
			refuseExcess(row, command.args, program.args);
			const values = readValues(row.name, command.optsWithGlobals(), environment);
			invocation = row.read(values, command.args, readCommon(values, environment));
		},
		exit: (error, row) => {
			throw error.exitCode === 0 ? error : toUsageError(error, row, program.args);
		},
	});
	try {
		program.parse(argv, {from: 'user'});
	} catch (error) {
		if (error instanceof CommanderError) {
			return {command: 'print', text};
		}

		throw error instanceof StopError && argv.some(isTokenOption) ? tokenRefusal() : error;
	}

	return invocation ?? {command: 'print', text};
};

const toUsageError = (
	{code, message}: CommanderError,
	row: CommandRow | undefined,
	words: readonly string[],
): StopError => {
	// "cistern help WORD" with an unknown word.
	if (code === 'commander.help') {
		return unknownCommand(words[1] ?? '');
	}

	const said = message
		.replace(/^error: /, '')
		// The value of an unknown option may be a secret.
		.replace(/^(unknown option '[^=']*=).*'/, "$1…'")
		.split('\n')
		.map(toPrintable)
		.join('\n');
	return row === undefined
		? new StopError(said, {
				advice:
					'The options of a command come after its name. "cistern --help" lists the commands.',
				exitCode: exitCodes.usage,
			})
		: usageError(said, row.name);
};

/** The default command gets every first word that is not a command. */
const refuseExcess = (
	row: CommandRow,
	[word]: readonly string[],
	[first]: readonly string[],
): void => {
	if (row !== defaultCommand || word === undefined) {
		return;
	}

	if (first === row.name) {
		throw usageError(`"cistern ${row.name}" takes no names; --only NAME does.`, row.name);
	}

	throw commands.some(({name}) => name === word)
		? usageError(`Write the command first: cistern ${word} ${first}`, word)
		: unknownCommand(word);
};

const unknownCommand = (word: string): StopError => {
	const meant = suggest(
		word,
		commands.map(({name}) => name),
	);
	return new StopError(
		`unknown command "${shorten(word)}"${meant === undefined ? '' : `: did you mean "${meant}"?`}`,
		{advice: '"cistern --help" lists the commands.', exitCode: exitCodes.usage},
	);
};

/** A token, or an option that would take one. Only after an error: then the line may be repeated. */
const isTokenOption = (word: string): boolean =>
	tokenKind(word.replace(/^[^=]*=/, '')) !== 'unknown' ||
	/^--?(api-?)?(token|password|pass|secret)(=|$)/i.test(word);

const tokenRefusal = (): StopError =>
	new StopError('Do not put a token on the command line: other users can read it there.', {
		advice: 'Set CISTERN_TOKEN, pipe it in with --token-stdin, or use a passwordCommand.',
		exitCode: exitCodes.usage,
	});
