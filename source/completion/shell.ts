/** A word that can stand at the cursor. It is printable, and not yet quoted for any shell. */
export type Suggestion = {
	readonly word: string;
	/** One line that a shell may show beside it. */
	readonly about?: string;
};

export type Suggestions = {
	readonly words: readonly Suggestion[];
	/** The shell itself completes this if there are no words. */
	readonly otherwise: 'nothing' | 'files' | 'folders';
};

/** Takes the words before the cursor, the program's name first, and the beginning of the current one. */
export type Suggest = (before: readonly string[], current: string) => Promise<Suggestions>;

/**
 * A shell that can complete. Names in a backup come from a server, so a script evaluates neither them
 * nor anything that was typed: it hands over text, and gets back lines.
 */
export type Shell = {
	readonly script: string;
	/** Answers what the script handed over, with what the script then reads. */
	answer(handed: readonly string[], suggest: Suggest): Promise<string>;
};

/** First the kind that the shell completes itself, then a line for each word. */
export const formatAnswer = (
	{words, otherwise}: Suggestions,
	formatWord: (suggestion: Suggestion) => string,
): string => [otherwise, ...words.map(formatWord)].map((line) => `${line}\n`).join('');
