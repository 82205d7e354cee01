import type {ExitCode} from '../failure/exit-code.ts';
import type {Why} from './decide.ts';

/** A message as all targets get it, each in its own form. Printable: no character obeys anything. */
export type Message = {
	/** A UUID, one for each run. */
	readonly run: string;
	readonly why: Why;
	/** One line. */
	readonly title: string;
	readonly text: string;
	readonly exitCode: ExitCode;
	/** Titles of the sources; empty for a target that is told no names. */
	readonly sources: readonly string[];
	/** Milliseconds. */
	readonly duration: number;
	/** The line `result` of `--json`, if the run came that far and names are told. */
	readonly result: object | undefined;
	/** Identifies the trouble that the message belongs to; mails about it form a thread. */
	readonly thread: string | undefined;
};
