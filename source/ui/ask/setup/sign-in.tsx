import {Box} from 'ink';
import {checkAuthName, isEmailAddress} from '../../../domain/answers/checks.ts';
import {tokenGitUser} from '../../../domain/settings/settings.ts';
import {Field} from '../field.tsx';
import {Ask, Hints, Notice} from '../layout.tsx';
import {refused} from '../question.ts';
import {Select} from '../select.tsx';
import {answered, type SetupQuestion} from './form.ts';

/** The user name for git, or the choice to sign in without an account. */
export const authName: SetupQuestion = {
	id: 'authName',
	isCounted: true,
	isAnswered: ({values}) => values.authName !== undefined,
	field: {
		label: 'user name',
		placeholder: 'empty: I do not know it',
		propose: ({values, situation: {suggestions}}) => {
			const fits = suggestions.workspace === values.workspace;
			return (
				values.authName ??
				(fits ? suggestions.authName : undefined) ??
				// A personal workspace is named after its owner.
				(values.type === 'user' ? values.workspace : suggestions.authName) ??
				''
			);
		},
	},
	options: () => [{id: 'public', label: 'No account', detail: 'only public repositories'}],
	proposeOption: ({values}) => (values.access === 'public' ? 'public' : undefined),
	take: (form, {text, option}) => {
		if (option !== undefined) {
			return answered({access: 'public', authName: ''});
		}

		if (text.includes('@')) {
			return refused(
				'This is an e-mail address, but git needs the user name. Leave it empty if you do not know it.',
			);
		}

		const complaint = checkAuthName(text);
		const access = form.values.access === 'access-token' ? 'access-token' : 'account';
		return complaint === undefined
			? answered({authName: text, access})
			: refused(`The user name ${complaint}.`);
	},
	rows: ({values: {access, authName: name}}) => {
		if (access === 'public') {
			const note = 'only public repositories';
			return [{label: 'Account', value: 'none', note, mark: 'attention'}];
		}

		return name === undefined || access === 'access-token'
			? []
			: [{label: 'User name', value: name === '' ? tokenGitUser : name, note: 'for git'}];
	},
	View: () => (
		<Ask title="Your Bitbucket user name">
			<Field />
			<Select />
			<Hints
				lines={[
					'You find it on bitbucket.org/account/settings. It is not your e-mail address.',
					`If you leave it empty, git signs in as ${tokenGitUser}, which works too.`,
				]}
			/>
		</Ask>
	),
};

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
