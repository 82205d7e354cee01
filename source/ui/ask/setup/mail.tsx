import {proposeMailServer} from '../../../domain/answers/target-answer.ts';
import {Secret} from '../../../domain/settings/settings.ts';
import {Field} from '../field.tsx';
import {Ask, Hints} from '../layout.tsx';
import {refused} from '../question.ts';
import {answered, isMailed, type SetupQuestion} from './form.ts';

/** The server that takes the mails. */
export const mailServer: SetupQuestion = {
	id: 'mailServer',
	applies: isMailed,
	isAnswered: ({values}) => values.mailServer !== undefined,
	field: {
		label: 'mail server',
		propose: ({values: {mailServer: given, target}}) =>
			given ?? (target?.kind === 'email' ? proposeMailServer(target.to) : ''),
	},
	take: (_, {text}) =>
		/^[\w.-]+(:\d{1,5})?$/.test(text)
			? answered({mailServer: text})
			: refused('Type its name, with its port behind a colon: smtp.example.com:587.'),
	rows: ({values}) =>
		values.mailServer === undefined ? [] : [{label: 'Mail server', value: values.mailServer}],
	View: () => (
		<Ask title="Which server sends your mail?">
			<Field />
			<Hints
				lines={[
					'Your mail provider names it, often as "SMTP" or "outgoing mail". The port is 587 or 465.',
					'If this computer sends mail itself: localhost.',
				]}
			/>
		</Ask>
	),
};

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
