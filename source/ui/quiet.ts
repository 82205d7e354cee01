import {toPrintable} from '../domain/text/printable-text.ts';
import type {Terminal} from '../ports/terminal.ts';
import type {View} from './view.ts';

/** Passes on warnings and is silent otherwise: the summary speaks where something is wrong. */
export const createQuiet = (terminal: Pick<Terminal, 'writeError'>): View => ({
	handle: (event) => {
		if (event.type === 'noticed') {
			terminal.writeError(`${toPrintable(event.text)}\n`);
		}
	},
	close: async () => {},
});
