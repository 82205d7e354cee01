import type {AccessReport, Suspect} from '../../domain/access/access.ts';
import type {Keychain} from '../../domain/answers/keychain.ts';
import {tokenGitUser} from '../../domain/settings/settings.ts';
import type {WizardSituation} from './wizard-ports.ts';
import type {Values, WizardState} from './wizard-state.ts';

/** Something to choose; `id` says what it does. */
export type Option = {readonly id: string; readonly label: string; readonly detail: string};

/** So many other workspaces are offered after a check. */
const mostWorkspaces = 5;

/** What can be chosen at the current question, below its text field where it has one. */
export const optionsFor = (state: WizardState): readonly Option[] => {
	const {situation, values, check, keychains} = state;
	switch (state.step) {
		case 'start':
			return startOptions(situation);
		case 'workspace':
			return situation.workspaces.map((id) => ({id, label: id, detail: ''}));
		case 'type':
			return typeOptions;
		case 'authName':
			return [{id: 'public', label: 'No account', detail: 'only public repositories'}];
		case 'publicOnly':
			return publicOptions;
		case 'apiAuthName':
			return [
				{id: 'access-token', label: 'An access token', detail: 'of a workspace, needs no e-mail'},
			];
		case 'check':
			return check.state === 'done'
				? checkOptions(check.report, values)
				: check.state === 'broken'
					? [again]
					: [];
		case 'tokenPlace':
			return placeOptions(keychains, situation);
		case 'review':
			return reviewOptions;
		case 'token':
		case 'folder':
			return [];
	}
};

const startOptions = ({scmBackupFile, sources}: WizardSituation): readonly Option[] => [
	...(scmBackupFile === undefined
		? []
		: [
				{
					id: 'take-over',
					label: 'Take it over',
					detail: `${scmBackupFile.path}: ${scmBackupFile.workspaces.join(', ')}`,
				},
			]),
	{id: 'new', label: sources.length > 0 ? 'Add a workspace' : 'Answer questions', detail: ''},
	...sources.map(({title}) => ({id: `change:${title}`, label: `Change ${title}`, detail: ''})),
];

const typeOptions: readonly Option[] = [
	{id: 'org', label: 'Shared', detail: 'several people work in it (org)'},
	{id: 'user', label: 'Personal', detail: 'its id is your own user name (user)'},
];

const publicOptions: readonly Option[] = [
	{id: 'yes', label: 'Only what is public', detail: ''},
	{id: 'no', label: 'Sign in after all', detail: ''},
];

const again: Option = {id: 'again', label: 'Check again', detail: ''};

const changes: Readonly<Record<Suspect, string>> = {
	workspace: 'Change the workspace',
	authName: 'Change the user name',
	apiAuthName: 'Change the e-mail address',
	token: 'Enter another token',
};

const checkOptions = (report: AccessReport, values: Values): readonly Option[] => [
	...(report.verdict === 'limited' ? [{id: 'go-on', label: 'Go on', detail: ''}] : []),
	...(report.suspects.includes('workspace') ? otherWorkspaces(report, values) : []),
	...(report.suspects.includes('authName') ? otherNames(report, values) : []),
	...report.suspects.map((suspect) => ({
		id: `change:${suspect}`,
		label: values.access === 'public' && suspect === 'token' ? 'Sign in' : changes[suspect],
		detail: '',
	})),
	...(report.tokenNameWorks
		? [
				{
					id: 'use-token-name',
					label: `Use ${tokenGitUser}`,
					detail: 'works for every API token',
				},
			]
		: []),
	again,
];

const otherWorkspaces = ({workspaces}: AccessReport, values: Values): readonly Option[] =>
	workspaces
		.filter((id) => id !== values.workspace)
		.slice(0, mostWorkspaces)
		.map((id) => ({id: `workspace:${id}`, label: `Use the workspace ${id}`, detail: ''}));

const otherNames = ({userName}: AccessReport, values: Values): readonly Option[] =>
	userName === undefined || userName === values.authName
		? []
		: [{id: `name:${userName}`, label: `Use ${userName}`, detail: 'as Bitbucket calls you'}];

const placeOptions = (
	keychains: readonly Keychain[],
	{tokenVariable}: WizardSituation,
): readonly Option[] => [
	...keychains.map(({command, name}) => ({
		id: `keychain:${command}`,
		label: name,
		detail: `by its command ${command}`,
	})),
	{
		id: 'environment',
		label: 'An environment variable',
		detail: `${tokenVariable}, which you set`,
	},
	{id: 'file', label: 'The settings file', detail: 'readable by you alone (mode 0600)'},
];

const reviewOptions: readonly Option[] = [
	{id: 'back-up', label: 'Save and back up now', detail: ''},
	{id: 'add-another', label: 'Save and add another workspace', detail: ''},
	{id: 'leave', label: 'Save and leave', detail: ''},
];
