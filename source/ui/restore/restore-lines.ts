import {titleOf} from '../../domain/restore/restore-state.ts';
import type {RestoreEvent} from '../../domain/restore/restored.ts';
import {formatClock} from '../../domain/text/format.ts';
import {toPrintable} from '../../domain/text/printable-text.ts';
import type {Clock} from '../../ports/clock.ts';
import type {Terminal} from '../../ports/terminal.ts';
import type {View} from '../view.ts';
import {formatRestored} from './describe-restored.ts';

/** One plain line for each repository. `verbose`: when it begins, too. */
export const createRestoreLines = (
	{terminal, clock}: {readonly terminal: Terminal; readonly clock: Clock},
	{verbose}: {readonly verbose: boolean},
): View<RestoreEvent> => ({
	handle: (event) => {
		const now = clock.now();
		const text = describe(event, verbose, now);
		if (text !== undefined) {
			terminal.writeError(`${formatClock(now)} ${text}\n`);
		}
	},
	close: async () => {},
});

const describe = (event: RestoreEvent, verbose: boolean, now: number): string | undefined => {
	switch (event.type) {
		case 'restoring':
			return verbose ? `${toPrintable(titleOf(event))}: restoring` : undefined;
		case 'restore-ended':
			return formatRestored(event, now);
		default:
			return undefined;
	}
};
