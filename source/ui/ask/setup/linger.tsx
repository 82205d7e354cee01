import {Ask, Hints} from '../layout.tsx';
import {Select} from '../select.tsx';
import {answered, type SetupQuestion} from './form.ts';

/** systemd ends a user's timers with the last session, unless the user lingers. */
export const linger: SetupQuestion = {
	id: 'linger',
	applies: ({situation, values}) =>
		values.schedule === 'install' && situation.scheduler?.needsLingering === true,
	isAnswered: ({values}) => values.lingers !== undefined,
	options: () => [
		{id: 'yes', label: 'Yes', detail: ''},
		{id: 'no', label: 'No', detail: 'only while you are signed in'},
	],
	proposeOption: ({values}) => (values.lingers === false ? 'no' : undefined),
	take: (_, {option}) => answered({lingers: option === 'yes'}),
	View: () => (
		<Ask title="Back up also while you are signed out?">
			<Select />
			<Hints
				lines={[
					'"Yes" runs "loginctl enable-linger": your timers then run from the start of the computer.',
				]}
			/>
		</Ask>
	),
};
