import {Box, Text} from 'ink';
import type {ReactNode} from 'react';
import {useLooks} from './look-context.tsx';
import {Mark} from './mark.tsx';
import {Paragraph} from './paragraph.tsx';

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
		<Box flexDirection="column">
			<Box flexShrink={0}>
				<Mark kind="question" />
				<Text>{` ${style('bold', title)}`}</Text>
			</Box>
			<Box flexDirection="column" paddingLeft={2}>
				{children}
			</Box>
		</Box>
	);
};

/** Explains, dim, below the field; gives way where the terminal is low. */
export const Hints = ({lines}: {readonly lines: readonly string[]}) => (
	<Box marginTop={1} flexDirection="column" overflowY="hidden">
		{lines.map((line) => (
			<Box key={line} flexShrink={0}>
				<Paragraph text={line} indent={4} look="dim" />
			</Box>
		))}
	</Box>
);

/** What is wrong with the answer. */
export const Problem = ({text}: {readonly text: string | undefined}) =>
	text === undefined ? null : (
		<Box marginTop={1} paddingLeft={2} flexShrink={0}>
			<Mark kind="failed" />
			<Box marginLeft={1}>
				<Paragraph text={text} indent={6} />
			</Box>
		</Box>
	);
