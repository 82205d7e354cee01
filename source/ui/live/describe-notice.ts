import {toPrintable} from '../../domain/text/printable-text.ts';
import {type Look, layOutBeside} from '../text/layout.ts';

/** A warning above the window. */
export const describeNotice = (text: string, look: Look): readonly string[] =>
	layOutBeside(
		[{text: '  '}, {text: look.marks.attention, style: 'yellow'}],
		4,
		toPrintable(text),
		look,
	);
