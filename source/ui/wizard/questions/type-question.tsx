import {optionsFor} from '../options.ts';
import {Question} from '../question.tsx';
import {Select} from '../select.tsx';
import type {WizardState} from '../wizard-state.ts';

export const TypeQuestion = ({state}: {readonly state: WizardState}) => (
	<Question title="Whose workspace is it?">
		<Select options={optionsFor(state)} chosen={state.row} />
	</Question>
);
