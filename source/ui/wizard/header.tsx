import {Box, Text} from 'ink';
import {useLooks} from './look-context.tsx';
import {countedSteps} from './steps.ts';
import type {Step} from './wizard-state.ts';

/** Whose wizard this is, and how far it still goes. */
export const Header = ({step}: {readonly step: Step}) => {
	const {style} = useLooks();
	const number = countedSteps.indexOf(step) + 1;
	return (
		<Box justifyContent="space-between" paddingRight={2} flexShrink={0}>
			<Text wrap="truncate">{style('bold', 'Cistern keeps what is in your Bitbucket.')}</Text>
			{number === 0 ? null : (
				<Text>{style('dim', `question ${number} of ${countedSteps.length}`)}</Text>
			)}
		</Box>
	);
};
