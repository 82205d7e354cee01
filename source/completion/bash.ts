import {formatAnswer, type Shell} from './shell.ts';

const script = `# Completion of cistern for bash. It evaluates neither names nor what was typed.
_cistern() {
	local line otherwise=
	COMPREPLY=()
	while IFS= read -r line; do
		if [ -z "$otherwise" ]; then otherwise=$line; else COMPREPLY+=("$line"); fi
	done < <(command cistern complete bash -- "$COMP_WORDBREAKS" "\${COMP_LINE:0:COMP_POINT}" 2>/dev/null </dev/null)
	[ "\${#COMPREPLY[@]}" -gt 0 ] && return
	case $otherwise in
		files) compopt -o default -o filenames 2>/dev/null ;;
		folders) compopt -o dirnames -o filenames 2>/dev/null ;;
	esac
}
complete -F _cistern cistern
`;

export const bash: Shell = {
	script,
	answer: async ([breaks = '', line = ''], suggest) => {
		const {before, current, kept, quote} = readLine(line, breaks);
		const {words, otherwise} = await suggest(before, current);
		return formatAnswer({words, otherwise}, ({word}) => quoteFor[quote](word.slice(kept.length)));
	},
};

type Quote = 'none' | 'single' | 'double';

/** A command line up to the cursor, without its quotes. */
type Line = {
	/** The words before the current one, the program's name first. */
	readonly before: readonly string[];
	readonly current: string;
	/** The beginning of the current word that bash leaves as it is: it replaces only what follows. */
	readonly kept: string;
	/** The quote that is still open. */
	readonly quote: Quote;
};

/** Blanks, a quoted text with the quote that ends it, a character behind a backslash, any other. */
const tokens = /(\s+)|'([^']*)('?)|"((?:\\.|[^"\\])*)("?)|\\(.?)|(.)/gs;

const nothing = {current: '', kept: '', quote: 'none'} as const;

/**
 * Reads a simple command as it was typed. Bash replaces a word from the last of `breaks` on
 * (`COMP_WORDBREAKS`), or from a quote that is still open. Replaces no variable.
 */
const readLine = (line: string, breaks: string): Line => {
	const before: string[] = [];
	let word: Omit<Line, 'before'> | undefined;
	for (const [, blank, single, singleEnd, double, doubleEnd, escaped, plain] of line.matchAll(
		tokens,
	)) {
		const {current, kept} = word ?? nothing;
		if (blank !== undefined) {
			before.push(...(word === undefined ? [] : [current]));
			word = undefined;
		} else if (single !== undefined) {
			word = extend(current, kept, single, singleEnd === '' ? 'single' : 'none');
		} else if (double !== undefined) {
			const text = double.replaceAll(/\\([$`"\\])/g, '$1');
			word = extend(current, kept, text, doubleEnd === '' ? 'double' : 'none');
		} else {
			const next = current + (escaped ?? plain ?? '');
			const isBreak = plain !== undefined && breaks.includes(plain);
			word = {current: next, kept: isBreak ? next : kept, quote: 'none'};
		}
	}

	return {before, ...(word ?? nothing)};
};

const extend = (
	current: string,
	kept: string,
	text: string,
	open: Quote,
): Omit<Line, 'before'> => ({
	current: current + text,
	kept: open === 'none' ? kept : current,
	quote: open,
});

/** How a text is written, according to the quote that it continues. */
const quoteFor: Readonly<Record<Quote, (text: string) => string>> = {
	none: (text) => text.replaceAll(/[^\p{L}\p{N}_./:=@%+,-]/gu, '\\$&'),
	single: (text) => ended(text.replaceAll("'", "'\\''"), "'"),
	// A "!" would be looked up in the history, even behind a backslash.
	double: (text) => ended(text.replaceAll(/[$`"\\]/g, '\\$&').replaceAll('!', '"\\!"'), '"'),
};

/** Bash adds the quote that ends a word, unless there seems to be one. */
const ended = (text: string, mark: string): string =>
	text.endsWith(mark) ? `${text}${mark}` : text;
