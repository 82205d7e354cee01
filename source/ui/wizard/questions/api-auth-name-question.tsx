import {Box} from 'ink';
import {optionsFor} from '../options.ts';
import {Hint, Question} from '../question.tsx';
import {Select} from '../select.tsx';
import {TextField} from '../text-field.tsx';
import type {WizardState} from '../wizard-state.ts';

export const ApiAuthNameQuestion = ({state}: {readonly state: WizardState}) => (
	<Question title="E-mail address of your Atlassian account">
		<TextField label="e-mail address" editor={state.editor} isActive={state.row === 0} />
		<Select options={optionsFor(state)} chosen={state.row - 1} />
		<Box marginTop={1}>
			<Hint>Bitbucket wants two names: git takes the user name, the API this address.</Hint>
		</Box>
	</Question>
);
