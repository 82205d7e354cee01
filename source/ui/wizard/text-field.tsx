import {Box, Text, useIsScreenReaderEnabled} from 'ink';
import type {LineEditor} from './line-editor.ts';
import {windowLine} from './line-window.ts';
import {useLooks} from './look-context.tsx';

type Props = {
	readonly editor: LineEditor;
	/** Is this the highlighted row? */
	readonly isActive: boolean;
	readonly isMasked?: boolean;
	/** Said in an empty field. */
	readonly placeholder?: string;
	readonly label: string;
};

/** Select Graphic Rendition 7 and 27 swap the colours of text and ground: also without colour. */
const asCursor = (character: string): string => `\u001B[7m${character}\u001B[27m`;

/**
 * Draws a line of text that is held elsewhere: what arrives from the keyboard goes through the
 * reducer, so that no chunk of a paste can be lost between two paintings.
 */
export const TextField = ({editor, isActive, isMasked = false, placeholder = '', label}: Props) => {
	const {style, marks, columns, hasUnicode} = useLooks();
	const isReader = useIsScreenReaderEnabled();
	const {length} = [...editor.text];
	if (isReader) {
		const said = isMasked ? `${length} characters, hidden` : editor.text;
		return <Text>{`${label}: ${length === 0 ? 'empty' : said}`}</Text>;
	}

	const mask = isMasked ? (hasUnicode ? '•' : '*') : undefined;
	const {before, at, after} = windowLine(editor, columns - 8, mask);
	const hint = length === 0 && placeholder !== '' ? ` ${style('dim', placeholder)}` : '';
	return (
		<Box flexShrink={0}>
			<Box flexShrink={0}>
				<Text>{isActive ? `${style('bold', marks.chosen)} ` : '  '}</Text>
			</Box>
			<Text wrap="truncate">
				{before}
				{isActive ? asCursor(at) : at}
				{after}
				{hint}
			</Text>
		</Box>
	);
};
