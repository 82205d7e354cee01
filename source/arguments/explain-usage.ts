import type {CommanderError} from 'commander';
import {tokenKind} from '../domain/answers/token-kind.ts';
import {exitCodes} from '../domain/failure/exit-code.ts';
import {StopError} from '../domain/failure/failure.ts';
import {shorten, suggest} from '../domain/settings/settings-problem.ts';
import type {CommandRow} from './command-row.ts';
import {commands, defaultCommand} from './command-table.ts';
import {longName, optionsOf} from './common-options.ts';
import {usageError} from './values.ts';

/** Commander's complaint in our own words: what is wrong, and what was probably meant. */
export const explainUsage = (
	error: CommanderError,
	/** Undefined where no command was named. */
	named: CommandRow | undefined,
	operand: string | undefined,
): StopError => {
	const row = named ?? defaultCommand;
	const [first = '', second = ''] = [...error.message.matchAll(/'([^']*)'/g)].map(
		([, quoted = '']) => quoted.split(/[ =]/)[0] ?? '',
	);
	switch (error.code) {
		case 'commander.unknownOption':
			return explainOption(first, row);
		case 'commander.excessArguments':
			return explainOperand(operand ?? '', named);
		case 'commander.missingArgument':
			return usageError(`Which repository? "cistern ${row.name}" needs its name.`, row.name);
		case 'commander.optionMissingArgument':
			return usageError(`${first} needs a value.`, row.name);
		case 'commander.conflictingOption':
			return usageError(`${first} and ${second} exclude each other.`, row.name);
		default:
			return usageError(error.message.replace(/^error: /, ''), row.name);
	}
};

const explainOption = (option: string, row: CommandRow): StopError => {
	if (/^--?(api-?)?(token|password|pass|secret)$/i.test(option)) {
		return explainToken();
	}

	const own = optionsOf(row.options).map(longName);
	if (own.includes(option)) {
		return usageError(`${option} takes no value.`, row.name);
	}

	const owner = commands.find(({options}) => options.some((each) => longName(each) === option));
	const meant = suggest(option, own);
	const hint =
		owner !== undefined
			? `: it belongs to "cistern ${owner.name}"`
			: meant === undefined
				? ''
				: `: did you mean ${meant}?`;
	return usageError(`unknown option ${option}${hint}`, row.name);
};

const explainToken = (): StopError =>
	new StopError('A token is not given on the command line, where others can read it.', {
		advice: 'Set CISTERN_TOKEN, pipe it in with --token-stdin, or use a passwordCommand.',
		exitCode: exitCodes.usage,
	});

/** A word too many: after a command that takes none, or in the place of a command. */
export const explainOperand = (operand: string, named: CommandRow | undefined): StopError => {
	if (named !== undefined) {
		const takes = named.operands === undefined ? 'no names' : 'one name';
		return usageError(`"cistern ${named.name}" takes ${takes}.`, named.name);
	}

	if (tokenKind(operand) !== 'unknown') {
		return explainToken();
	}

	const meant = suggest(
		operand,
		commands.map(({name}) => name),
	);
	return new StopError(
		`unknown command "${shorten(operand)}"${meant === undefined ? '' : `: did you mean "${meant}"?`}`,
		{advice: '"cistern --help" lists the commands.', exitCode: exitCodes.usage},
	);
};
