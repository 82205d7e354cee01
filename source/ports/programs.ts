import type {Environment} from '../domain/settings/variables.ts';

/** A program of the user's own, as the settings name it. */
export type ProgramLine = {
	/** The program and its arguments. No shell reads them. */
	readonly words: readonly string[];
	readonly environment: Environment;
	/** Name of the run: `World.endProcesses` then ends the program and its children too. */
	readonly run: string;
	/** Gets each line of its output, of both streams, as it is printed and at most 1,000 characters of it. */
	readonly onLine: (text: string) => void;
};

/**
 * Runs a program without input until it ends. Gives undefined if it ended well, and otherwise words
 * that follow its name: `ended with exit code 1`. When the signal aborts, the program is asked to
 * end, and the signal's reason is thrown once it has.
 */
export type RunProgram = (line: ProgramLine, signal: AbortSignal) => Promise<string | undefined>;
