import {proposeMailServer} from '../../../domain/answers/target-answer.ts';
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
