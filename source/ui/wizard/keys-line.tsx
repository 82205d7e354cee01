import {Box, Text} from 'ink';
import {useLooks} from './look-context.tsx';
import {optionsFor} from './options.ts';
import {previousStep, takesText} from './steps.ts';
import type {WizardState} from './wizard-state.ts';

/** The keys that work here, and nothing else. */
export const KeysLine = ({state}: {readonly state: WizardState}) => {
	const {style, hasUnicode} = useLooks();
	const rows = optionsFor(state).length + (takesText(state.step) ? 1 : 0);
	const isWaiting = state.saving !== undefined || state.inspection !== undefined;
	const keys = [
		...(rows > 1 && !isWaiting ? [`${hasUnicode ? '↑↓' : 'up/down'} choose`] : []),
		...(rows > 0 && !isWaiting ? ['enter next'] : []),
		...(previousStep(state) === undefined || state.saving !== undefined ? [] : ['esc back']),
		'ctrl-c leave',
	];
	return (
		<Box marginTop={1} flexShrink={0}>
			<Text>{style('dim', keys.join('   '))}</Text>
		</Box>
	);
};
