import {likelyType} from '../../../domain/answers/suggest-answers.ts';
import {findWorkspaceId} from '../../../domain/answers/workspace-address.ts';
import {Field} from '../field.tsx';
import {Ask, Hints} from '../layout.tsx';
import {type AnsweredRow, type Change, refused, type Work} from '../question.ts';
import {Select} from '../select.tsx';
import {answered, type SetupForm, type SetupQuestion, withValues} from './form.ts';

export const workspace: SetupQuestion = {
	id: 'workspace',
	isCounted: true,
	isAnswered: ({values}) => values.workspace !== undefined,
	field: {
		label: 'workspace',
		propose: ({values, situation}) => values.workspace ?? situation.suggestions.workspace ?? '',
	},
	options: ({situation}) => situation.workspaces.map((id) => ({id, label: id, detail: ''})),
	proposeOption: ({situation}, text) => (text === '' ? situation.workspaces[0] : undefined),
	take: (form, {text, option}) => {
		if (text === '' && option === undefined) {
			return refused('Type the id of the workspace, or paste any of its addresses.');
		}

		const id = findWorkspaceId(option ?? text);
		return id === undefined
			? refused(
					'There is no workspace id in this. It is the part of an address after bitbucket.org/.',
				)
			: {kind: 'answered', ...takeWorkspace(form, id)};
	},
	rows: ({values, lookup}) =>
		values.workspace === undefined
			? []
			: [{label: 'Workspace', value: values.workspace, ...describe(values.workspace, lookup)}],
	View: () => (
		<Ask title="Which workspace?">
			<Field />
			<Select />
			<Hints
				lines={[
					'Type its id, or paste any of its addresses: https://bitbucket.org/acme/api is in acme.',
				]}
			/>
		</Ask>
	),
};

/** Takes this workspace, and looks it up while other questions are asked. */
export const takeWorkspace = (
	{ports, lookup, values}: SetupForm,
	id: string,
): {readonly change: Change<SetupForm>; readonly meanwhile?: Work<SetupForm>} => {
	const change = withValues({workspace: id});
	if (lookup?.workspace === id) {
		return {change};
	}

	return {
		change: (form) => ({...change(form), lookup: {workspace: id, result: undefined}}),
		meanwhile: async ({signal, update}) => {
			const asked = {workspace: id, replaces: values.start?.replaces};
			const result = await ports
				.lookUpWorkspace(asked, signal)
				.catch(() => ({state: 'unknown'}) as const);
			update((form) => ({...form, lookup: {workspace: id, result}}));
		},
	};
};

const describe = (id: string, lookup: SetupForm['lookup']): Pick<AnsweredRow, 'note' | 'mark'> => {
	if (lookup?.workspace !== id) {
		return {};
	}

	switch (lookup.result?.state) {
		case undefined:
			return {note: 'looking for it', mark: 'running'};
		case 'public':
			return {note: 'public'};
		case 'private':
			return {note: 'private: a token is needed'};
		case 'missing':
			return {note: 'not found: is it spelled right?', mark: 'attention'};
		case 'unknown':
			return {};
	}
};

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
