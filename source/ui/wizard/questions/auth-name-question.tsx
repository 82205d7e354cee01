import {tokenGitUser} from '../../../domain/settings/settings.ts';
import {optionsFor} from '../options.ts';
import {Hints, Question} from '../question.tsx';
import {Select} from '../select.tsx';
import {TextField} from '../text-field.tsx';
import type {WizardState} from '../wizard-state.ts';

export const AuthNameQuestion = ({state}: {readonly state: WizardState}) => (
	<Question title="Your Bitbucket user name">
		<TextField
			label="user name"
			editor={state.editor}
			isActive={state.row === 0}
			placeholder="empty: I do not know it"
		/>
		<Select options={optionsFor(state)} chosen={state.row - 1} />
		<Hints
			lines={[
				'It is on bitbucket.org/account/settings, and is not your e-mail address.',
				`Left empty, git signs in as ${tokenGitUser}, which works too.`,
			]}
		/>
	</Question>
);
