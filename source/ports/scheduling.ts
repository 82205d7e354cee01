import type {Files} from './files.ts';

/** How a program ended. */
export type ProgramEnd = {
	/** `not-started`: it is not installed, for example. */
	readonly kind: 'done' | 'failed' | 'late' | 'not-started';
	/** `exit code 7`, or the system's words. */
	readonly ending: string;
	/** The beginning of standard output, and of standard error. */
	readonly output: string;
	readonly complaint: string;
};

/** Everything that is needed to use the computer's scheduler. */
export interface Scheduling {
	readonly platform: 'linux' | 'darwin' | 'win32' | 'other';
	/** The user's number; undefined on Windows. */
	readonly userId: number | undefined;
	/** Folders of the user: the home folder, and the one for configuration of all programs. */
	readonly homeFolder: string;
	readonly configFolder: string;
	readonly files: Files;
	/** Runs a program with a bare environment, as a scheduler does. Throws only the signal's reason. */
	run(
		words: readonly string[],
		signal: AbortSignal,
		options?: {readonly input?: string; readonly isBare?: boolean},
	): Promise<ProgramEnd>;
}
