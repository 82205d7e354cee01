import {exitCodes} from './domain/failure/exit-code.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Gives a terminal its cursor back (DECTCEM), whoever hid it. */
const showCursor = '\u001b[?25h';

/**
 * The first signal aborts: running work ends, what is finished stays recorded. The second leaves
 * at once. The listeners stay registered, so that no signal ever finds none and kills the program
 * before it has cleaned up.
 */
export const listenForSignals = (program: NodeJS.Process): AbortSignal => {
	const controller = new AbortController();
	for (const name of signals) {
		program.on(name, () => {
			if (!controller.signal.aborted) {
				controller.abort();
				return;
			}

			if (program.stderr.isTTY) {
				program.stderr.write(showCursor);
			}

			program.exit(exitCodes.interrupted);
		});
	}

	return controller.signal;
};
