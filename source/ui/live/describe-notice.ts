import {toPrintable} from '../../domain/text/printable-text.ts';
import {type Look, layOutBeside} from '../text/layout.ts';
import {drawLabel} from '../text/signs.ts';

/** A warning above the window. */
export const describeNotice = (text: string, look: Look): readonly string[] =>
	layOutBeside(drawLabel('attention', '', look), 4, toPrintable(text), look);
