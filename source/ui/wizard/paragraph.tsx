import {Text} from 'ink';
import type {StyleName} from '../text/style.ts';
import {wrapWords} from '../text/width.ts';
import {useLooks} from './look-context.tsx';

type Props = {
	readonly text: string;
	/** Columns to the left of it. */
	readonly indent: number;
	readonly look?: StyleName;
};

/** Sentences in lines that begin with a word; Ink's own begin with the blank before it. */
export const Paragraph = ({text, indent, look}: Props) => {
	const {style, columns} = useLooks();
	const lines = wrapWords(text, Math.max(20, columns - indent - 1));
	const painted = lines.map((line) => (look === undefined ? line : style(look, line)));
	return <Text>{painted.join('\n')}</Text>;
};
