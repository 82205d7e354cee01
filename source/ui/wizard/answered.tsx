import {Box, Text} from 'ink';
import {measureWidth, padToWidth} from '../text/width.ts';
import {type AnsweredRow, answeredRows} from './answered-rows.ts';
import {useLooks} from './look-context.tsx';
import {Mark} from './mark.tsx';
import type {WizardState} from './wizard-state.ts';

/** Beside 1 for all that gives way at all. */
const givesWayFirst = 1000;

/** What is answered stays in sight; where there is no room for all, the first ones give way. */
export const Answered = ({state}: {readonly state: WizardState}) => {
	const rows = answeredRows(state);
	// The settings to be written say it all once more.
	if (rows.length === 0 || state.step === 'review') {
		return null;
	}

	const width = Math.max(...rows.map(({label}) => measureWidth(label)));
	return (
		<Box
			flexDirection="column"
			justifyContent="flex-end"
			flexShrink={givesWayFirst}
			overflowY="hidden"
			marginTop={1}
		>
			{rows.map((row) => (
				<Row key={row.step} row={row} width={width} />
			))}
		</Box>
	);
};

const Row = ({row, width}: {readonly row: AnsweredRow; readonly width: number}) => {
	const {style} = useLooks();
	const {label, value, note, isWarning, isRunning} = row;
	return (
		<Box flexShrink={0} height={1}>
			<Mark kind={isRunning ? 'running' : isWarning ? 'attention' : 'done'} />
			<Text wrap="truncate">
				{` ${style('dim', padToWidth(label, width))}   ${value}`}
				{note === '' ? '' : `   ${style('dim', note)}`}
			</Text>
		</Box>
	);
};
