import {describeTarget, readTargetAnswer} from '../../../domain/answers/target-answer.ts';
import {Field} from '../field.tsx';
import {Ask, Hints} from '../layout.tsx';
import {refused} from '../question.ts';
import {answered, type SetupForm, type SetupQuestion, type Values, withValues} from './form.ts';

/** The person or service that hears how each backup ended. */
export const target: SetupQuestion = {
	id: 'target',
	applies: ({situation}) => !situation.isTold,
	isAnswered: ({values}) => values.target !== undefined,
	field: {
		label: 'address or link',
		placeholder: 'empty: nobody',
		propose: ({values}) => textOf(values),
	},
	take: ({values}, {text}) => {
		const answer = readTargetAnswer(text);
		if (typeof answer === 'string') {
			return refused(answer);
		}

		return text === textOf(values)
			? answered({target: answer})
			: {kind: 'answered', change: (form) => withValues({target: answer})(withoutMail(form))};
	},
	rows: ({values: {target: answer}, test}) => {
		if (answer === undefined) {
			return [];
		}

		if (answer.kind === 'nobody') {
			return [{label: 'Told', value: 'nobody'}];
		}

		const failed = test.state === 'done' && test.reason !== undefined;
		return [{label: 'Told', value: describeTarget(answer), ...(failed ? {mark: 'attention'} : {})}];
	},
	View: () => (
		<Ask title="Who should be told how each backup ended?">
			<Field />
			<Hints
				lines={[
					'An e-mail address, or a link of ntfy, healthchecks.io, Uptime Kuma, Slack, Teams or Discord.',
					'Mail and pings come after every backup, other messages when something is wrong.',
					'A link is secret: it is kept in the settings file, which only you can read.',
				]}
			/>
		</Ask>
	),
};

const textOf = ({target: answer}: Values): string => {
	if (answer === undefined) {
		return '';
	}

	switch (answer.kind) {
		case 'nobody':
			return '';
		case 'email':
			return answer.to;
		default:
			return answer.link.reveal();
	}
};

/** Another address has another server. */
const withoutMail = ({
	values: {mailServer: _server, mailUser: _user, mailPassword: _password, ...values},
	...form
}: SetupForm): SetupForm => ({...form, values});
