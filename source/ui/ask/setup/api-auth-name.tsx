import {isEmailAddress} from '../../../domain/answers/checks.ts';
import {Field} from '../field.tsx';
import {Ask, Hints} from '../layout.tsx';
import {refused} from '../question.ts';
import {Select} from '../select.tsx';
import {answered, type SetupQuestion} from './form.ts';

/** The user name for the API. An access token needs none. */
export const apiAuthName: SetupQuestion = {
	id: 'apiAuthName',
	isCounted: true,
	applies: ({values}) => values.access !== 'public' && values.access !== 'access-token',
	// The choice of an access token was made here, so it can be changed here.
	canReturn: ({values}) => values.access !== 'public',
	isAnswered: ({values}) => (values.apiAuthName ?? '') !== '',
	field: {
		label: 'e-mail address',
		propose: ({values, situation}) => values.apiAuthName ?? situation.suggestions.apiAuthName ?? '',
	},
	options: () => [
		{id: 'access-token', label: 'An access token', detail: 'of a workspace, needs no e-mail'},
	],
	proposeOption: ({values}) => (values.access === 'access-token' ? 'access-token' : undefined),
	take: (_, {text, option}) => {
		if (option !== undefined) {
			return answered({access: 'access-token', apiAuthName: ''});
		}

		return isEmailAddress(text)
			? answered({access: 'account', apiAuthName: text})
			: refused('This is not an e-mail address. One looks like ann@example.com.');
	},
	rows: ({values: {access, apiAuthName: name = ''}}) =>
		name === '' || access !== 'account'
			? []
			: [{label: 'E-mail', value: name, note: 'for the API'}],
	View: () => (
		<Ask title="E-mail address of your Atlassian account">
			<Field />
			<Select />
			<Hints
				lines={['Bitbucket knows you by two names: git uses the user name, the API this address.']}
			/>
		</Ask>
	),
};
