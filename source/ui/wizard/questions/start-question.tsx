import {optionsFor} from '../options.ts';
import {Hints, Question} from '../question.tsx';
import {Select} from '../select.tsx';
import type {WizardState} from '../wizard-state.ts';

export const StartQuestion = ({state}: {readonly state: WizardState}) => {
	const {scmBackupFile} = state.situation;
	return (
		<Question
			title={
				scmBackupFile === undefined
					? 'What do you want to do?'
					: 'Here is a settings file of SCM Backup. Use it?'
			}
		>
			<Select options={optionsFor(state)} chosen={state.row} />
			{scmBackupFile === undefined ? null : (
				<Hints
					lines={[
						`Taken over, it is copied as it is to ${scmBackupFile.to}, and its backup folder is carried on.`,
					]}
				/>
			)}
		</Question>
	);
};
