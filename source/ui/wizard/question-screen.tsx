import {Box, Text} from 'ink';
import type {ReactNode} from 'react';
import {useLooks} from './look-context.tsx';
import {Problem} from './question.tsx';

type Props = {
	/** What this is all about. */
	readonly title: string;
	/** Which question of how many; undefined where this one is not counted. */
	readonly number: number | undefined;
	readonly count: number;
	/** What was answered before. */
	readonly answered: ReactNode;
	/** What is wrong with the answer. */
	readonly problem: string | undefined;
	/** The keys that work here, and nothing else. */
	readonly keys: readonly string[];
	/** The question. */
	readonly children: ReactNode;
};

/** Never higher than the terminal: a higher one is wiped and painted anew at every key. */
export const QuestionScreen = ({
	title,
	number,
	count,
	answered,
	problem,
	keys,
	children,
}: Props) => {
	const {style, rows} = useLooks();
	return (
		<Box flexDirection="column" paddingLeft={2} maxHeight={rows - 1} overflowY="hidden">
			<Box justifyContent="space-between" paddingRight={2} flexShrink={0}>
				<Text wrap="truncate">{style('bold', title)}</Text>
				{number === undefined ? null : (
					<Text>{style('dim', `question ${number} of ${count}`)}</Text>
				)}
			</Box>
			{answered}
			<Box marginTop={1} flexDirection="column" flexShrink={1}>
				{children}
			</Box>
			<Problem text={problem} />
			<Box marginTop={1} flexShrink={0}>
				<Text>{style('dim', keys.join('   '))}</Text>
			</Box>
		</Box>
	);
};
