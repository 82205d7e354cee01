import {Box, Text} from 'ink';
import type {AccessLine} from '../../../domain/access/access.ts';
import {padToWidth} from '../../text/width.ts';
import {useLooks} from '../look-context.tsx';
import {Mark, type MarkKind} from '../mark.tsx';
import {optionsFor} from '../options.ts';
import {Paragraph} from '../paragraph.tsx';
import {Select} from '../select.tsx';
import type {WizardState} from '../wizard-state.ts';

const marks: Readonly<Record<AccessLine['state'], MarkKind>> = {
	running: 'running',
	ok: 'done',
	attention: 'attention',
	failed: 'failed',
};

const labelWidth = 20;

export const CheckQuestion = ({state}: {readonly state: WizardState}) => {
	const {style} = useLooks();
	const {check} = state;
	const lines =
		check.state === 'running' ? check.lines : check.state === 'done' ? check.report.lines : [];
	const options = optionsFor(state);
	return (
		<Box flexDirection="column">
			<Box flexShrink={0}>
				<Text>{style('bold', 'Checking with Bitbucket')}</Text>
			</Box>
			<Box flexDirection="column" justifyContent="flex-end" marginTop={1} overflowY="hidden">
				{forTheEye(lines).map((line) => (
					<CheckLine key={line.id} line={line} />
				))}
				{check.state === 'broken' ? <Text>{check.message}</Text> : null}
			</Box>
			{options.length === 0 ? null : (
				<Box marginTop={1} paddingLeft={2} flexDirection="column" flexShrink={0}>
					<Select options={options} chosen={state.row} />
				</Box>
			)}
		</Box>
	);
};

/** Beside what failed, what is only useful has no need to be explained. */
const forTheEye = (lines: readonly AccessLine[]): readonly AccessLine[] =>
	lines.some(({state}) => state === 'failed')
		? lines.map((line) => (line.state === 'attention' ? {...line, consequence: undefined} : line))
		: lines;

const CheckLine = ({line}: {readonly line: AccessLine}) => (
	<Box flexDirection="column" flexShrink={0}>
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
);
