import {Box, Text} from 'ink';
import {useLooks} from '../look-context.tsx';
import {Mark} from '../mark.tsx';
import {optionsFor} from '../options.ts';
import {Hint, Question} from '../question.tsx';
import {Select} from '../select.tsx';
import type {WizardState} from '../wizard-state.ts';

export const ReviewQuestion = ({state}: {readonly state: WizardState}) => {
	const {style} = useLooks();
	const {preview, saving, values, situation} = state;
	const place = values.tokenPlace;
	return (
		<Question title="These settings will be written">
			<Box flexDirection="column" marginTop={1} marginBottom={1}>
				{(preview?.text ?? '')
					.trimEnd()
					.split('\n')
					.map((line) => (
						<Text key={line} wrap="truncate">
							{line}
						</Text>
					))}
			</Box>
			{place?.kind === 'environment' ? (
				<Box flexDirection="column" marginBottom={1}>
					<Hint>{`The next run reads the token from ${place.variable}. In ${situation.shellProfile}:`}</Hint>
					<Text>{style('bold', `export ${place.variable}='...'`)}</Text>
				</Box>
			) : null}
			{saving === undefined ? (
				<Select options={optionsFor(state)} chosen={state.row} />
			) : (
				<Box>
					<Mark kind="running" />
					<Text> saving</Text>
				</Box>
			)}
		</Question>
	);
};
