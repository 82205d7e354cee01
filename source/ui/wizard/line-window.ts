import type {LineEditor} from './line-editor.ts';

/** A line with its cursor as far as it can be seen; `at` is the character under the cursor. */
export type LineWindow = {readonly before: string; readonly at: string; readonly after: string};

/**
 * The part of the line around the cursor that fits into `width` columns. With a mask every
 * character is shown as that.
 */
export const windowLine = (
	{text, cursor}: LineEditor,
	width: number,
	mask: string | undefined,
): LineWindow => {
	const characters = [...text].map((character) => mask ?? character);
	const room = Math.max(1, width - 1);
	const from = Math.max(0, Math.min(cursor - Math.floor(room * 0.8), characters.length - room));
	const end = from + room;
	return {
		before: characters.slice(from, cursor).join(''),
		at: characters[cursor] ?? ' ',
		after: characters.slice(cursor + 1, end).join(''),
	};
};
