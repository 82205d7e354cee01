import {type Source, tokenGitUser} from './settings.ts';
import type {SettingsDraft, SourceDraft} from './settings-draft.ts';
import {shorten} from './settings-section.ts';
import {isOther} from './settings-select.ts';
import {isOnlyVariables} from './variables.ts';

/** What about the file as a whole should be known: sentences. `file` is its path. */
export const noticeFile = (
	draft: SettingsDraft,
	file: string,
	isReadableByOthers: boolean,
): readonly string[] => {
	const others = draft.sources.filter(isOther);
	const holdsToken = draft.sources.some(
		({password}) => password !== undefined && !isOnlyVariables(password.text),
	);
	return [
		...(draft.unused.length > 0
			? [`${draft.unused.join(', ')} in the settings: SCM Backup's, without effect here.`]
			: []),
		...others.map(
			({title, hoster}) =>
				`The source ${shorten(title?.text ?? '')} is of ${shorten(hoster?.text ?? '')} and is not backed up: Cistern knows Bitbucket only.`,
		),
		...(holdsToken && isReadableByOthers
			? [`Other users of this machine can read the token in ${file}. Mend it: chmod 600 ${file}`]
			: []),
	];
};

/** What about a source should be known at every run: sentences. `today` is `2026-11-23`. */
export const noticeSource = (
	source: Source,
	draft: SourceDraft | undefined,
	today: string,
): readonly string[] => [
	...noticeCredential(source, draft),
	...noticeType(source, draft),
	...noticeExpiry(source, today),
];

const noticeCredential = ({title, credential}: Source, draft?: SourceDraft): readonly string[] => {
	if (credential.kind === 'none') {
		return [`${title}: without a token only public repositories are seen and backed up.`];
	}

	const apiName = draft?.apiAuthName?.text;
	return credential.kind === 'api-token' && apiName !== undefined && !apiName.includes('@')
		? [
				`${title}: apiAuthName "${apiName}" is no e-mail address; Bitbucket's API wants the one of your Atlassian account.`,
			]
		: [];
};

/** A personal workspace has its owner's user name; where it was renamed, the type says too much. */
const noticeType = (
	{title, type, workspace}: Source,
	draft: SourceDraft | undefined,
): readonly string[] => {
	const name = draft?.authName?.text;
	return type === 'user' &&
		name !== undefined &&
		name !== tokenGitUser &&
		!name.includes('@') &&
		name.toLowerCase() !== workspace.toLowerCase()
		? [
				`${title}: type user means that the workspace has the user's name, but name is "${workspace}" and authName "${name}". If that is right, write type org.`,
			]
		: [];
};

const warnFrom = 30;

const noticeExpiry = ({title, tokenExpires}: Source, today: string): readonly string[] => {
	if (tokenExpires === undefined) {
		return [];
	}

	const days = Math.round((Date.parse(tokenExpires) - Date.parse(today)) / 86_400_000);
	if (days > warnFrom) {
		return [];
	}

	if (days < 0) {
		return [
			`${title}: its token expired on ${tokenExpires}, say the settings. Make a new one, and change tokenExpires with it.`,
		];
	}

	const when = days === 0 ? 'today' : days === 1 ? 'tomorrow' : `in ${days} days`;
	return [
		`${title}: its token expires ${when} (${tokenExpires}). Make a new one in time, and change tokenExpires with it.`,
	];
};
