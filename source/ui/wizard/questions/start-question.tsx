import {optionsFor} from '../options.ts';
import {Hints, Question} from '../question.tsx';
import {Select} from '../select.tsx';
import type {WizardState} from '../wizard-state.ts';

export const StartQuestion = ({state}: {readonly state: WizardState}) => {
	const hasFile = state.situation.scmBackupFile !== undefined;
	return (
		<Question
			title={hasFile ? 'Here is a settings file of SCM Backup. Use it?' : 'What do you want to do?'}
		>
			<Select options={optionsFor(state)} chosen={state.row} />
			{hasFile ? (
				<Hints lines={['Taken over, it is copied as it is and its backup folder is carried on.']} />
			) : null}
		</Question>
	);
};
