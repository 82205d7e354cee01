import {Box, Text} from 'ink';
import type {ReactNode} from 'react';
import {useLooks} from './look-context.tsx';
import {Mark} from './mark.tsx';

/** A question's first line, and what belongs to it, indented. */
export const Question = ({
	title,
	children,
}: {
	readonly title: string;
	readonly children: ReactNode;
}) => {
	const {style} = useLooks();
	return (
		<Box flexDirection="column" flexShrink={0}>
			<Box>
				<Mark kind="question" />
				<Text>{` ${style('bold', title)}`}</Text>
			</Box>
			<Box flexDirection="column" paddingLeft={2}>
				{children}
			</Box>
		</Box>
	);
};

/** Explains, dim, below the field. */
export const Hint = ({children}: {readonly children: string}) => {
	const {style} = useLooks();
	return <Text>{style('dim', children)}</Text>;
};

/** What is wrong with the answer. */
export const Problem = ({text}: {readonly text: string | undefined}) =>
	text === undefined ? null : (
		<Box marginTop={1} paddingLeft={2} flexShrink={0}>
			<Mark kind="failed" />
			<Box marginLeft={1}>
				<Text>{text}</Text>
			</Box>
		</Box>
	);
