import {Box, Text, useAnimation, useIsScreenReaderEnabled} from 'ink';
import type {StyleName} from '../text/style.ts';
import {useLooks} from './look-context.tsx';

export type MarkKind = 'done' | 'failed' | 'attention' | 'running' | 'question';

const styles: Readonly<Record<MarkKind, StyleName>> = {
	done: 'green',
	failed: 'red',
	attention: 'yellow',
	running: 'dim',
	question: 'bold',
};

const words: Readonly<Record<MarkKind, string>> = {
	done: 'done:',
	failed: 'failed:',
	attention: 'attention:',
	running: 'running:',
	question: '',
};

/** The sign in front of a line; read out as a word. */
export const Mark = ({kind}: {readonly kind: MarkKind}) => {
	const {style, marks} = useLooks();
	const isReader = useIsScreenReaderEnabled();
	const {frame} = useAnimation({interval: 100, isActive: kind === 'running' && !isReader});
	if (isReader) {
		return <Text>{words[kind]}</Text>;
	}

	const spinner = marks.spinner[frame % marks.spinner.length] ?? '';
	const sign = kind === 'running' ? spinner : kind === 'question' ? '?' : marks[kind];
	return (
		<Box flexShrink={0}>
			<Text>{style(styles[kind], sign)}</Text>
		</Box>
	);
};
