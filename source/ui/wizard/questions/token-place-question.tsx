import {optionsFor} from '../options.ts';
import {Hints, Question} from '../question.tsx';
import {Select} from '../select.tsx';
import type {WizardState} from '../wizard-state.ts';

export const TokenPlaceQuestion = ({state}: {readonly state: WizardState}) => {
	const {tokenVariable, shellProfile} = state.situation;
	return (
		<Question title="Where should the token be kept?">
			<Select options={optionsFor(state)} chosen={state.row} />
			<Hints
				lines={[
					`For the variable, add this line to ${shellProfile}, with your token:`,
					`  export ${tokenVariable}='...'`,
				]}
			/>
		</Question>
	);
};
