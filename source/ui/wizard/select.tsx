import {Box, Text, useIsScreenReaderEnabled} from 'ink';
import {formatNumber} from '../../domain/text/format.ts';
import {measureWidth, padToWidth} from '../text/width.ts';
import {useLooks} from './look-context.tsx';
import type {Option} from './options.ts';

type Props = {
	readonly options: readonly Option[];
	/** Index of the highlighted one; -1 where the text field above is. */
	readonly chosen: number;
	/** So many are shown at once. */
	readonly most?: number;
};

/**
 * One below the other, details lined up. A long list moves along under the highlighted one, and
 * says how many are out of sight.
 */
export const Select = ({options, chosen, most = 8}: Props) => {
	const {style, marks} = useLooks();
	const hidden = options.length - most;
	// One more is in sight below the highlighted one, where two have room.
	const last = chosen + Math.min(2, most);
	const from = Math.max(0, Math.min(last - most, options.length - most));
	const width = Math.max(...options.map(({label}) => measureWidth(label)));
	return (
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
	const {style, marks} = useLooks();
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
