import {likelyType} from '../../../domain/answers/suggest-answers.ts';
import {Ask} from '../layout.tsx';
import {Select} from '../select.tsx';
import {answered, type SetupQuestion} from './form.ts';

/** Is the workspace one person's own? */
export const type: SetupQuestion = {
	id: 'type',
	isCounted: true,
	isAnswered: ({values}) => values.type !== undefined,
	options: () => [
		{id: 'org', label: 'Shared', detail: 'several people work in it (org)'},
		{id: 'user', label: 'Personal', detail: 'its id is your own user name (user)'},
	],
	proposeOption: ({values, situation: {suggestions, loginName}}) => {
		if (values.type !== undefined) {
			return values.type;
		}

		const names = [loginName, suggestions.authName, suggestions.apiAuthName];
		return suggestions.type !== undefined && suggestions.workspace === values.workspace
			? suggestions.type
			: likelyType(values.workspace ?? '', names);
	},
	take: (_, {option}) => answered({type: option === 'user' ? 'user' : 'org'}),
	rows: ({values}) => (values.type === undefined ? [] : [{label: 'Type', value: values.type}]),
	View: () => (
		<Ask title="Whose workspace is it?">
			<Select />
		</Ask>
	),
};
