import {checkAuthName} from '../../../domain/answers/checks.ts';
import {tokenGitUser} from '../../../domain/settings/settings.ts';
import {Field} from '../field.tsx';
import {Ask, Hints} from '../layout.tsx';
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
