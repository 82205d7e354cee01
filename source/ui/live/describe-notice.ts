import {toPrintable} from '../../domain/text/printable-text.ts';
import {layOutBeside, type TextStyle} from '../text/layout.ts';
import {drawLabel} from '../text/style.ts';

/** A warning above the window. */
export const describeNotice = (text: string, style: TextStyle): readonly string[] =>
	layOutBeside(drawLabel('attention', '', style), 4, toPrintable(text), style);
