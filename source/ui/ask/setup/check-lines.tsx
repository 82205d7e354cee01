import {Box, Text} from 'ink';
import type {AccessLine} from '../../../domain/access/access.ts';
import {padToWidth} from '../../text/width.ts';
import {Mark, type MarkKind, Paragraph} from '../layout.tsx';

const marks: Readonly<Record<AccessLine['state'], MarkKind>> = {
	running: 'running',
	ok: 'done',
	attention: 'attention',
	failed: 'failed',
};

type Props = {
	readonly lines: readonly AccessLine[];
	/** Columns of the longest label. */
	readonly labelWidth: number;
};

/** The table of a live check. */
export const CheckLines = ({lines, labelWidth}: Props) =>
	shortened(lines).map((line) => (
		<Box key={line.id} flexDirection="column" flexShrink={0}>
			<Box>
				<Mark kind={marks[line.state]} />
				<Box marginLeft={1} flexShrink={0}>
					<Text>{padToWidth(line.label, labelWidth)}</Text>
				</Box>
				<Box marginLeft={1}>
					<Text wrap={line.state === 'ok' ? 'truncate' : 'wrap'}>{line.text}</Text>
				</Box>
			</Box>
			{line.consequence === undefined ? null : (
				<Box paddingLeft={4}>
					<Paragraph text={line.consequence} indent={6} />
				</Box>
			)}
		</Box>
	));

/** If something failed, only the failure is explained: the screen has no room for more. */
const shortened = (lines: readonly AccessLine[]): readonly AccessLine[] =>
	lines.some(({state}) => state === 'failed')
		? lines.map((line) => (line.state === 'attention' ? {...line, consequence: undefined} : line))
		: lines;
