import {Box, Text, useIsScreenReaderEnabled} from 'ink';
import {formatNumber} from '../../domain/text/format.ts';
import {measureWidth, padToWidth} from '../text/width.ts';
import {useAsking} from './ask.tsx';
import {chosenIndex, rowsOf} from './asking.ts';
import {useDisplay} from './layout.tsx';
import type {Option} from './question.ts';

/**
 * The options of the current question, one below the other with their details lined up. Shows `most`
 * of a long list, around the highlighted one, and says how many are out of sight.
 */
export const Select = ({most = 8}: {readonly most?: number}) => {
	const {state} = useAsking();
	const {style, marks} = useDisplay();
	const {options} = rowsOf(state);
	const chosen = chosenIndex(state);
	const hidden = options.length - most;
	// If there is room for two, the option below the highlighted one is in sight.
	const last = chosen + Math.min(2, most);
	const from = Math.max(0, Math.min(last - most, hidden));
	const width = Math.max(...options.map(({label}) => measureWidth(label)));
	return options.length === 0 ? null : (
		<Box flexDirection="column" flexShrink={0}>
			{options.slice(from, from + most).map((option, index) => (
				<SelectRow
					key={option.id}
					option={option}
					width={width}
					isChosen={from + index === chosen}
				/>
			))}
			{hidden > 0 ? (
				<Text>{style('dim', `  ${marks.ellipsis} ${formatNumber(hidden)} more`)}</Text>
			) : null}
		</Box>
	);
};

type RowProps = {readonly option: Option; readonly width: number; readonly isChosen: boolean};

const SelectRow = ({option, width, isChosen}: RowProps) => {
	const {style, marks} = useDisplay();
	const isReader = useIsScreenReaderEnabled();
	const {label, detail} = option;
	if (isReader) {
		return <Text>{`${isChosen ? 'chosen: ' : ''}${label} ${detail}`.trimEnd()}</Text>;
	}

	const padded = detail === '' ? label : padToWidth(label, width);
	return (
		<Box>
			<Box flexShrink={0}>
				<Text>{isChosen ? `${style('bold', marks.chosen)} ` : '  '}</Text>
			</Box>
			<Text wrap="truncate-end">
				{isChosen ? style('bold', padded) : padded}
				{detail === '' ? '' : `  ${style('dim', detail)}`}
			</Text>
		</Box>
	);
};
