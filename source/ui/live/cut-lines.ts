import {formatNumber} from '../../domain/text/format.ts';
import {type Frame, indent, type Line} from './frame.ts';

/**
 * At most `room` of the lines. Where some have no room, the last line says how many things they
 * stand for; `countFrom` counts those of the lines from an index on.
 */
export const cutLines = (
	lines: readonly Line[],
	room: number,
	{marks}: Frame,
	countFrom: (index: number) => number = (index) => lines.length - index,
): readonly Line[] => {
	if (lines.length <= room) {
		return lines;
	}
	if (room < 1) {
		return [];
	}

	const hidden = countFrom(room - 1);
	return hidden === 0
		? lines.slice(0, room)
		: [
				...lines.slice(0, room - 1),
				[indent, {text: `${marks.ellipsis} and ${formatNumber(hidden)} more`, style: 'dim'}],
			];
};
