import {optionsFor} from '../options.ts';
import {Hints, Question} from '../question.tsx';
import {Select} from '../select.tsx';
import {TextField} from '../text-field.tsx';
import type {WizardState} from '../wizard-state.ts';

export const ApiAuthNameQuestion = ({state}: {readonly state: WizardState}) => (
	<Question title="E-mail address of your Atlassian account">
		<TextField label="e-mail address" editor={state.editor} isActive={state.row === 0} />
		<Select options={optionsFor(state)} chosen={state.row - 1} />
		<Hints lines={['Bitbucket wants two names: git takes the user name, the API this address.']} />
	</Question>
);
