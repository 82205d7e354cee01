import type {KeyInvocation} from '../arguments/invocation.ts';
import {type ExitCode, exitCodes} from '../domain/failure/exit-code.ts';
import type {World} from '../ports/world.ts';
import {formatJsonLine} from '../ui/json/json.ts';
import {formatKey, formatKeyAdvice} from '../ui/key.ts';
import {textStyleFor} from '../ui/text/layout.ts';

/** `cistern key`: makes a pair of keys for a store and prints it. It is kept nowhere. */
export const key = async (
	{makeKeyPair, terminal, clock}: World,
	{options}: KeyInvocation,
): Promise<ExitCode> => {
	const pair = await makeKeyPair();
	if (options.json) {
		terminal.writeOut(formatJsonLine({type: 'key', ...pair}));
		return exitCodes.done;
	}

	terminal.writeOut(formatKey(pair, clock.now()));
	if (!options.quiet) {
		terminal.writeError(formatKeyAdvice(pair, textStyleFor(terminal)));
	}

	return exitCodes.done;
};
