import type {FolderReport} from '../../domain/answers/folder-report.ts';
import type {Keychain} from '../../domain/answers/keychain.ts';
import {tokenKind} from '../../domain/answers/token-kind.ts';
import type {TokenPlace} from '../../domain/answers/wizard-answers.ts';
import {tokenGitUser} from '../../domain/settings/settings.ts';
import {formatCount, formatSize} from '../../domain/text/format.ts';
import {comesBefore} from './steps.ts';
import type {Check, Lookup, Step, WizardState} from './wizard-state.ts';

/** An answered question as it stays on the screen. */
export type AnsweredRow = {
	readonly step: Step;
	readonly label: string;
	readonly value: string;
	readonly note: string;
	readonly isWarning: boolean;
	readonly isRunning: boolean;
};

const row = (
	step: Step,
	label: string,
	value: string,
	note = '',
	flags: {readonly isWarning?: boolean; readonly isRunning?: boolean} = {},
): AnsweredRow => ({step, label, value, note, isWarning: false, isRunning: false, ...flags});

/** What has been answered before the current question. */
export const answeredRows = (state: WizardState): readonly AnsweredRow[] => {
	const {values, lookup, check, step, keychains} = state;
	const rows = [
		...(values.workspace === undefined ? [] : [workspaceRow(values.workspace, lookup)]),
		...(values.type === undefined ? [] : [row('type', 'Type', values.type)]),
		...accessRows(state),
		...checkRows(check),
		...(values.folder === undefined
			? []
			: [row('folder', 'Folder', values.folder.path, describeFolder(values.folder))]),
		...(values.tokenPlace === undefined
			? []
			: [row('tokenPlace', 'Token kept in', describePlace(values.tokenPlace, keychains))]),
	];
	return rows.filter((each) => comesBefore(each.step, step));
};

const workspaceRow = (workspace: string, lookup: Lookup | undefined): AnsweredRow => {
	const result = lookup?.workspace === workspace ? lookup.result : undefined;
	const say = (note: string, isWarning = false): AnsweredRow =>
		row('workspace', 'Workspace', workspace, note, {isWarning});
	if (result === undefined) {
		return lookup === undefined
			? say('')
			: row('workspace', 'Workspace', workspace, 'looking for it', {isRunning: true});
	}

	switch (result.state) {
		case 'public':
			return say('public');
		case 'private':
			return say('private: a token is needed');
		case 'missing':
			return say('not found: is it spelled right?', true);
		case 'unknown':
			return say('');
	}
};

const accessRows = ({values}: WizardState): readonly AnsweredRow[] => {
	const {access, authName, apiAuthName, token} = values;
	if (access === 'public') {
		return [row('authName', 'Account', 'none', 'only public repositories', {isWarning: true})];
	}

	const secret = token?.reveal() ?? '';
	return [
		...(authName === undefined || access === 'access-token'
			? []
			: [row('authName', 'User name', authName === '' ? tokenGitUser : authName, 'for git')]),
		...(apiAuthName === undefined || apiAuthName === '' || access === 'access-token'
			? []
			: [row('apiAuthName', 'E-mail', apiAuthName, 'for the API')]),
		...(token === undefined ? [] : [row('token', 'Token', describeToken(secret, token.ending()))]),
	];
};

const kinds = {
	'api-token': 'Bitbucket API token',
	'access-token': 'Bitbucket access token',
	'app-password': 'app password',
	unknown: 'token of an unknown kind',
} as const;

/** `Bitbucket API token, ends in …9f3c` */
export const describeToken = (token: string, ending: string): string =>
	ending === '' ? kinds[tokenKind(token)] : `${kinds[tokenKind(token)]}, ends in ${ending}`;

const checkRows = (check: Check): readonly AnsweredRow[] => {
	if (check.state !== 'done' || !check.accepted) {
		return [];
	}

	const {report} = check;
	const text = report.lines.find(({id}) => id === 'workspace')?.text ?? '';
	return report.verdict === 'good'
		? [row('check', 'Checked', text)]
		: [row('check', 'Checked', text, 'limited', {isWarning: true})];
};

const holdings: Readonly<Record<FolderReport['holds'], string>> = {
	nothing: '',
	cistern: 'carries on its backup',
	'scm-backup': "carries on SCM Backup's folder",
	other: 'is not empty',
};

const describeFolder = ({isNew, freeSpace, holds, repositories}: FolderReport): string => {
	const count =
		repositories > 0 ? ` of ${formatCount(repositories, 'repository', 'repositories')}` : '';
	return [
		isNew ? 'new' : holdings[holds] && `${holdings[holds]}${count}`,
		freeSpace === undefined ? '' : `${formatSize(freeSpace)} free`,
	]
		.filter((part) => part !== '')
		.join(', ');
};

const describePlace = (place: TokenPlace, keychains: readonly Keychain[]): string => {
	switch (place.kind) {
		case 'keychain':
			return keychains.find(({command}) => command === place.command)?.name ?? place.command;
		case 'environment':
			return `the variable ${place.variable}`;
		case 'file':
			return 'the settings file';
	}
};
