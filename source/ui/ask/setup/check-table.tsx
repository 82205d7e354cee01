import {Box, Text} from 'ink';
import type {ReactNode} from 'react';
import type {AccessLine} from '../../../domain/access/access.ts';
import {padToWidth} from '../../text/width.ts';
import {Mark, Paragraph, useDisplay} from '../layout.tsx';
import {Select} from '../select.tsx';

type Props = {
	readonly title: string;
	readonly lines: readonly AccessLine[];
	/** Columns of the longest label. */
	readonly labelWidth: number;
	/** Stands below the lines. */
	readonly children?: ReactNode;
};

/** The table of a live check, and the options that it leaves. */
export const CheckTable = ({title, lines, labelWidth, children}: Props) => {
	const {style} = useDisplay();
	return (
		<Box flexDirection="column">
			<Box flexShrink={0}>
				<Text>{style('bold', title)}</Text>
			</Box>
			<Box flexDirection="column" justifyContent="flex-end" marginTop={1} overflowY="hidden">
				{shortened(lines).map((line) => (
					<CheckLine key={line.id} line={line} labelWidth={labelWidth} />
				))}
				{children}
			</Box>
			<Box marginTop={1} paddingLeft={2} flexDirection="column" flexShrink={0}>
				<Select />
			</Box>
		</Box>
	);
};

type LineProps = Pick<Props, 'labelWidth'> & {readonly line: AccessLine};

const CheckLine = ({line, labelWidth}: LineProps) => (
	<Box flexDirection="column" flexShrink={0}>
		<Box>
			<Mark kind={line.state === 'ok' ? 'done' : line.state} />
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
);

/** If something failed, only the failure is explained: the screen has no room for more. */
const shortened = (lines: readonly AccessLine[]): readonly AccessLine[] =>
	lines.some(({state}) => state === 'failed')
		? lines.map((line) => (line.state === 'attention' ? {...line, consequence: undefined} : line))
		: lines;
