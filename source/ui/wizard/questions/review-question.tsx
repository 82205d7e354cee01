import {Box, Text} from 'ink';
import {useLooks} from '../look-context.tsx';
import {Mark} from '../mark.tsx';
import {optionsFor} from '../options.ts';
import {Question} from '../question.tsx';
import {Select} from '../select.tsx';
import type {WizardState} from '../wizard-state.ts';

export const ReviewQuestion = ({state}: {readonly state: WizardState}) => {
	const {preview, saving, values, situation} = state;
	const place = values.tokenPlace;
	return (
		<Question title="These settings will be written">
			<Preview text={preview?.text ?? ''} />
			{place?.kind === 'environment' ? (
				<VariableLine variable={place.variable} profile={situation.shellProfile} />
			) : null}
			<Box marginTop={1} flexDirection="column" flexShrink={0}>
				{saving === undefined ? (
					<Select options={optionsFor(state)} chosen={state.row} />
				) : (
					<Box>
						<Mark kind="running" />
						<Text> saving</Text>
					</Box>
				)}
			</Box>
		</Question>
	);
};

const Preview = ({text}: {readonly text: string}) => {
	const {style} = useLooks();
	return (
		<Box marginTop={1} flexDirection="column" overflowY="hidden">
			<Box flexShrink={0} flexDirection="column">
				<Text wrap="truncate">{style('dim', text.trimEnd())}</Text>
			</Box>
		</Box>
	);
};

/** What has to be in the environment before the next run. */
const VariableLine = ({
	variable,
	profile,
}: {
	readonly variable: string;
	readonly profile: string;
}) => {
	const {style} = useLooks();
	return (
		<Box marginTop={1} flexShrink={0} flexDirection="column">
			<Text>{`Add to ${profile}, with your token:`}</Text>
			<Text>{style('bold', `export ${variable}='...'`)}</Text>
		</Box>
	);
};
