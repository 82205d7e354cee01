import {Box} from 'ink';
import {Ask, Notice} from '../layout.tsx';
import {Select} from '../select.tsx';
import {answered, type SetupQuestion} from './form.ts';

/** Warns a user who named no account. */
export const publicOnly: SetupQuestion = {
	id: 'publicOnly',
	applies: ({values}) => values.access === 'public',
	canReturn: () => false,
	isAnswered: ({values}) => values.publicOnly === true,
	options: () => [
		{id: 'yes', label: 'Only what is public', detail: ''},
		{id: 'no', label: 'Sign in after all', detail: ''},
	],
	take: (_, {option}) => {
		if (option === 'yes') {
			return answered({publicOnly: true});
		}

		return {
			kind: 'go',
			to: 'authName',
			change: ({values: {access: _access, authName: _authName, ...values}, ...form}) => ({
				...form,
				values,
			}),
		};
	},
	View: () => (
		<Ask title="Back up only what everyone can see?">
			<Notice
				kind="attention"
				text="Without a token, private repositories are neither seen nor saved, and Cistern cannot tell which ones there are."
			/>
			<Box marginTop={1}>
				<Select />
			</Box>
		</Ask>
	),
};
