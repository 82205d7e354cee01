/** Where people and programs read what Cistern says. */
export interface Terminal {
	/** Plain data that was asked for. A stream that is no terminal gets its text without colour. */
	writeOut(text: string): void;
	/** Progress, warnings, the summary. The same holds for it. */
	writeError(text: string): void;
	/** Is the error stream a terminal that understands cursor movement? */
	readonly isInteractive: boolean;
	/** Can a question be asked: input and output are both a terminal? */
	readonly canAsk: boolean;
	readonly hasColour: boolean;
	readonly hasUnicode: boolean;
	columns(): number;
	/** Columns of each stream; Infinity where it is no terminal, and no line has to be broken. */
	outColumns(): number;
	errorColumns(): number;
	rows(): number;
	/**
	 * Hides the cursor of the error stream until the returned function is called, or the process
	 * exits in whatever way it can still notice.
	 */
	hideCursor(): () => void;
	/** Asks on the error stream and gives the line typed. To be called only where `canAsk`. */
	ask(question: string, signal: AbortSignal): Promise<string>;
	/** Calls back at each change of size, until the returned function is called. */
	onResize(listener: () => void): () => void;
}
