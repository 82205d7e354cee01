import {Box} from 'ink';
import {optionsFor} from '../options.ts';
import {Hint, Question} from '../question.tsx';
import {Select} from '../select.tsx';
import type {WizardState} from '../wizard-state.ts';

export const TokenPlaceQuestion = ({state}: {readonly state: WizardState}) => {
	const {tokenVariable, shellProfile} = state.situation;
	return (
		<Question title="Where should the token be kept?">
			<Select options={optionsFor(state)} chosen={state.row} />
			<Box marginTop={1} flexDirection="column">
				<Hint>{`For the variable, add this line to ${shellProfile}, with your token:`}</Hint>
				<Hint>{`  export ${tokenVariable}='...'`}</Hint>
			</Box>
		</Question>
	);
};
