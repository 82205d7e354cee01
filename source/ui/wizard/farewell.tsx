import {Box, Text} from 'ink';
import {useLooks} from './look-context.tsx';
import {Mark} from './mark.tsx';
import type {WizardState} from './wizard-state.ts';

/** What stays on the screen when the wizard is over. */
export const Farewell = ({state}: {readonly state: WizardState}) => {
	const {style} = useLooks();
	const {savedTo, result, values, situation} = state;
	if (result?.kind === 'left') {
		return (
			<Box paddingLeft={2}>
				<Text>Nothing was set up. Your answers, without the token, are kept for next time.</Text>
			</Box>
		);
	}

	if (savedTo === undefined) {
		return null;
	}

	const place = values.tokenPlace;
	return (
		<Box flexDirection="column" paddingLeft={2} marginBottom={1}>
			<Box>
				<Mark kind="done" />
				<Text>{` Settings saved in ${savedTo}`}</Text>
			</Box>
			{place?.kind === 'environment' ? (
				<Box flexDirection="column" paddingLeft={2}>
					<Text>{`For the next run, add this line to ${situation.shellProfile}, with your token:`}</Text>
					<Text>{style('bold', `export ${place.variable}='...'`)}</Text>
				</Box>
			) : null}
		</Box>
	);
};
