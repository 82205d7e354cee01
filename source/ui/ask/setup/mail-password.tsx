import {Secret} from '../../../domain/settings/settings.ts';
import {Field} from '../field.tsx';
import {Ask, Hints} from '../layout.tsx';
import {refused} from '../question.ts';
import {answered, isMailed, type SetupQuestion} from './form.ts';

/** The password for the mail server, which is never shown. An empty field keeps the one there is. */
export const mailPassword: SetupQuestion = {
	id: 'mailPassword',
	applies: (form) => isMailed(form) && form.values.mailUser !== '',
	isAnswered: ({values}) => values.mailPassword !== undefined,
	field: {label: 'password', isSecret: true, propose: () => ''},
	take: ({values}, {text}) => {
		const password = text === '' ? values.mailPassword : new Secret(text);
		return password === undefined
			? refused('Type the password. It is not shown.')
			: answered({mailPassword: password});
	},
	View: ({form: {values}}) => (
		<Ask title={`The password for ${values.mailUser ?? ''}`}>
			<Field />
			<Hints
				lines={[
					'Gmail and others want an app password here, not the one that you sign in with.',
					'It is kept in the settings file, which only you can read.',
				]}
			/>
		</Ask>
	),
};
