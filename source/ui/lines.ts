import {formatClock} from '../domain/text/format.ts';
import type {Clock} from '../ports/clock.ts';
import type {Terminal} from '../ports/terminal.ts';
import {describeEvent} from './describe-event.ts';
import type {View} from './view.ts';

/** One plain line for each thing worth one, for pipes, cron and CI. `verbose`: for everything. */
export const createLines = (
	{terminal, clock}: {readonly terminal: Terminal; readonly clock: Clock},
	{verbose}: {readonly verbose: boolean},
): View => ({
	handle: (event) => {
		const now = clock.now();
		for (const {text, isNotable} of describeEvent(event, now)) {
			if (isNotable || verbose) {
				terminal.writeError(`${formatClock(now)} ${text}\n`);
			}
		}
	},
	close: async () => {},
});
