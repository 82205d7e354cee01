import {exitCodes} from '../domain/failure/exit-code.ts';
import {StopError} from '../domain/failure/failure.ts';
import type {Terminal} from '../ports/terminal.ts';

type Question = {
	/** How many are missing. */
	readonly found: number;
	/** How many the user expects, by `--count`. */
	readonly count: number | undefined;
	/** Ends with the possible answers. */
	readonly text: string;
	/** The next step if the number is wrong or not given. */
	readonly advice: string;
};

/** The user must have seen the number of what is missing, or give it with `--count`. */
export const confirmCount = async (
	terminal: Terminal,
	{found, count, text, advice}: Question,
	signal: AbortSignal,
): Promise<boolean> => {
	const refuse = (message: string): StopError =>
		new StopError(message, {advice, exitCode: exitCodes.usage});
	if (count !== undefined && count !== found) {
		throw refuse(`${found} are missing, not ${count}. Nothing was changed.`);
	}

	if (found === 0) {
		terminal.writeError('Nothing is missing.\n');
		return false;
	}

	if (count !== undefined) {
		return true;
	}

	if (!terminal.canAsk) {
		throw refuse(`${found} are missing. Nothing was changed.`);
	}

	const answer = await terminal.ask(text, signal);
	const isYes = /^\s*y(es)?\s*$/i.test(answer);
	if (!isYes) {
		terminal.writeError('Nothing was changed.\n');
	}

	return isYes;
};
