import {Field} from '../field.tsx';
import {Ask, Hints} from '../layout.tsx';
import {answered, isMailed, type SetupQuestion} from './form.ts';

/** The name to sign in to the mail server with. */
export const mailUser: SetupQuestion = {
	id: 'mailUser',
	applies: isMailed,
	isAnswered: ({values}) => values.mailUser !== undefined,
	field: {
		label: 'user name',
		placeholder: 'empty: without signing in',
		propose: ({values: {mailUser: given, mailServer, target}}) =>
			given ??
			(target?.kind === 'email' && !mailServer?.startsWith('localhost')
				? (target.to.split(';')[0] ?? '')
				: ''),
	},
	take: (_, {text}) => answered({mailUser: text}),
	View: ({form}) => (
		<Ask title={`Your user name at ${form.values.mailServer ?? ''}`}>
			<Field />
			<Hints lines={['Most servers take the mail address.']} />
		</Ask>
	),
};
