import {optionsFor} from '../options.ts';
import {Hints, Question} from '../question.tsx';
import {Select} from '../select.tsx';
import {TextField} from '../text-field.tsx';
import type {WizardState} from '../wizard-state.ts';

export const WorkspaceQuestion = ({state}: {readonly state: WizardState}) => {
	const options = optionsFor(state);
	return (
		<Question title="Which workspace?">
			<TextField label="workspace" editor={state.editor} isActive={state.row === 0} />
			{options.length > 0 ? <Select options={options} chosen={state.row - 1} /> : null}
			<Hints
				lines={['Its id, or any of its addresses: https://bitbucket.org/acme/api is in acme.']}
			/>
		</Question>
	);
};
