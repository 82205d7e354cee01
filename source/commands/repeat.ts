import {type ExitCode, exitCodes} from '../domain/failure/exit-code.ts';
import type {World} from '../ports/world.ts';

/** Milliseconds between two looks at the clock. It is looked at, not waited for: a computer may sleep. */
const lookEvery = 5 * 60_000;

/** Milliseconds from one try to the next, while a backup is not complete. */
const tryEvery = 60 * 60_000;

type Repetition = {
	readonly world: Pick<World, 'clock'>;
	readonly signal: AbortSignal;
	/** Prints the error of a run that could not work. */
	readonly print: (error: unknown) => void;
};

/**
 * `--every`: runs at once, and then again and again until the signal aborts. `backUp` does nothing
 * if the last complete backup is young enough. The first run may throw, so that wrong settings
 * are seen at the start; what a later one throws is printed, and it is tried again.
 */
export const repeat = async (
	{world: {clock}, signal, print}: Repetition,
	backUp: () => Promise<ExitCode>,
): Promise<ExitCode> => {
	let exitCode = await backUp();
	let last = clock.now();
	while (!signal.aborted) {
		if (Math.abs(clock.now() - last) >= tryEvery) {
			last = clock.now();
			exitCode = await backUp().catch((error: unknown) => {
				print(error);
				return exitCodes.failed;
			});
		} else {
			await clock.sleep(lookEvery, signal).catch(() => undefined);
		}
	}

	return exitCode === exitCodes.interrupted ? exitCode : exitCodes.done;
};
