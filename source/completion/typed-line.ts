import type {CommandRow} from '../arguments/command-row.ts';
import {commands, defaultCommand} from '../arguments/command-table.ts';
import {commonOptions, keyOf, type OptionRow, type ValueKind} from '../arguments/options.ts';

/** A command line as far as it was typed. It need not be a right one yet. */
export type TypedLine = {
	readonly command: CommandRow;
	/** Values of options, by commander's keys. */
	readonly values: Readonly<Record<string, string>>;
	readonly wanted: Wanted;
};

/** The words that can stand at the cursor. */
export type Wanted =
	| {readonly kind: 'command'}
	| {readonly kind: 'option'; readonly rows: readonly OptionRow[]}
	| {
			readonly kind: 'value';
			readonly values: ValueKind | undefined;
			/** The beginning of the current word, before the value: `--only=`. */
			readonly prefix: string;
			/** Operands that stand there already. */
			readonly given: readonly string[];
			/** Only behind `--` is a word with a dash no option. */
			readonly mayHaveDash: boolean;
	  };

/** `--to` for `--to <dir>`. */
export const nameOf = ({flags}: OptionRow): string => flags.split(' ')[0] ?? flags;

/** Reads the words before the cursor, without the program's name, and the beginning of the current one. */
export const readTypedLine = (before: readonly string[], current: string): TypedLine => {
	const words = readWords(before);
	return {
		command: words.command ?? defaultCommand,
		values: words.values,
		wanted: readWanted(words, current),
	};
};

type Words = {
	/** Undefined if none was named yet. */
	command: CommandRow | undefined;
	readonly operands: string[];
	/** Options that stand there, and their values. */
	readonly options: Set<OptionRow>;
	readonly values: Record<string, string>;
	/** The last word is an option whose value comes next. */
	pending: OptionRow | undefined;
	/** `--` stood there: all that follows are operands. */
	hasEnded: boolean;
};

const readWords = (before: readonly string[]): Words => {
	const words: Words = {
		command: undefined,
		operands: [],
		options: new Set(),
		values: {},
		pending: undefined,
		hasEnded: false,
	};
	for (const word of before) {
		readWord(words, word);
	}

	return words;
};

const readWord = (words: Words, word: string): void => {
	if (words.pending !== undefined) {
		words.values[keyOf(nameOf(words.pending).slice(2))] = word;
		words.pending = undefined;
	} else if (words.hasEnded || !word.startsWith('-')) {
		const command = words.command ?? commands.find(({name}) => name === word);
		words.operands.push(...(command === words.command ? [word] : []));
		words.command = command;
	} else if (word === '--') {
		words.hasEnded = true;
	} else {
		readOption(words, word);
	}
};

const readOption = (words: Words, word: string): void => {
	const {name, value} = splitOption(word);
	const row = optionsOf(words).find((one) => nameOf(one) === name);
	if (row === undefined) {
		return;
	}

	words.options.add(row);
	if (value !== undefined) {
		words.values[keyOf(name.slice(2))] = value;
	} else if (row.flags.includes('<')) {
		words.pending = row;
	}
};

/** `--only=api` as its name and value. */
const splitOption = (word: string): {readonly name: string; readonly value: string | undefined} => {
	const [, name = word, value] = /^(--[^=]+)=(.*)$/s.exec(word) ?? [];
	return {name, value};
};

const common = commonOptions.flatMap(({rows}) => rows);

const optionsOf = ({command = defaultCommand}: Words): readonly OptionRow[] => [
	...command.options,
	...common,
];

const readWanted = (words: Words, current: string): Wanted => {
	const {command, operands, pending, hasEnded} = words;
	const value = {kind: 'value', prefix: '', given: [], mayHaveDash: false} as const;
	if (pending !== undefined) {
		return {...value, values: pending.values};
	}

	if (current.startsWith('-') && !hasEnded) {
		const {name, value: begun} = splitOption(current);
		const row = optionsOf(words).find((one) => nameOf(one) === name);
		return begun === undefined
			? missingOptions(words)
			: {...value, values: row?.values, prefix: `${name}=`};
	}

	if (command === undefined) {
		return {kind: 'command'};
	}

	const isFull = operands.length > 0 && command.operands?.name.includes('...') !== true;
	return command.operands === undefined || isFull
		? missingOptions(words)
		: {...value, values: command.operands.values, given: operands, mayHaveDash: hasEnded};
};

/** The options that can be added to those that stand there. */
const missingOptions = (words: Words): Wanted => {
	const given = [...words.options];
	const excluded = given.flatMap(({excludes = []}) => excludes);
	return {
		kind: 'option',
		rows: optionsOf(words).filter(
			(row) =>
				(row.isList === true || !words.options.has(row)) &&
				!excluded.includes(nameOf(row).slice(2)) &&
				!given.some((other) => row.excludes?.includes(nameOf(other).slice(2))),
		),
	};
};
