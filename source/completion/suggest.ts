import {commands} from '../arguments/command-table.ts';
import type {ValueKind} from '../arguments/options.ts';
import {toPrintable} from '../domain/text/printable-text.ts';
import type {Suggest, Suggestion, Suggestions} from './shell.ts';
import {nameOf, readTypedLine, type TypedLine, type Wanted} from './typed-line.ts';

/** Values that the settings or the backup tell. */
export type NamedKind = Exclude<ValueKind, 'file' | 'folder' | readonly string[]>;

/** Reads those that may fit what was typed of one. */
export type ReadNames = (
	kind: NamedKind,
	line: TypedLine,
	typed: string,
) => Promise<readonly Suggestion[]>;

/** Suggests commands, options and values from the table of commands, and names with `readNames`. */
export const makeSuggest =
	(readNames: ReadNames): Suggest =>
	async ([, ...before], current) => {
		const line = readTypedLine(before, current);
		const {words, otherwise} = await suggestAll(line, current, readNames);
		return {words: words.filter(({word}) => word.startsWith(current) && isShown(word)), otherwise};
	};

/** A terminal would obey or hide a character of the others, so they cannot be typed. */
const isShown = (word: string): boolean => toPrintable(word) === word;

const suggestAll = async (
	line: TypedLine,
	current: string,
	readNames: ReadNames,
): Promise<Suggestions> => {
	const {wanted} = line;
	switch (wanted.kind) {
		case 'command':
			return only([
				...commands.map(({name, summary}) => ({word: name, about: summary})),
				{word: 'help', about: 'the options of one command'},
			]);
		case 'option':
			return only([
				...wanted.rows.map((row) => ({word: nameOf(row), about: row.help})),
				{word: '--help', about: 'print the help'},
			]);
		case 'value':
			return suggestValues(wanted, (kind) =>
				readNames(kind, line, current.slice(wanted.prefix.length)),
			);
	}
};

const only = (words: readonly Suggestion[]): Suggestions => ({words, otherwise: 'nothing'});

const suggestValues = async (
	{values, prefix, given, mayHaveDash}: Wanted & {readonly kind: 'value'},
	read: (kind: NamedKind) => Promise<readonly Suggestion[]>,
): Promise<Suggestions> => {
	if (values === undefined) {
		return only([]);
	}

	if (values === 'file' || values === 'folder') {
		return {words: [], otherwise: `${values}s`};
	}

	const found = typeof values === 'string' ? await read(values) : values.map((word) => ({word}));
	const words = found
		.filter(({word}) => !given.includes(word) && (mayHaveDash || !word.startsWith('-')))
		.map((one) => ({...one, word: `${prefix}${one.word}`}));
	// A store may also be named by the path of its folder.
	return {words, otherwise: values === 'store' ? 'folders' : 'nothing'};
};
