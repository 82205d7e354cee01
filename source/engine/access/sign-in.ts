import type {Finding} from '../../domain/access/access.ts';
import {gitAddressFor} from '../../domain/access/git-address.ts';
import {fullName, type Repository} from '../../domain/plan/repository.ts';
import {type Credential, tokenGitUser} from '../../domain/settings/settings.ts';
import {toExcerpt, toPrintable} from '../../domain/text/printable-text.ts';
import type {Account} from '../../ports/bitbucket.ts';
import {
	type AccessCheck,
	type Answer,
	found,
	type ProvenScopes,
	refused,
	tryOnce,
	unreachable,
} from './findings.ts';

const apiLine = {id: 'api', label: 'Sign-in to the API'};
const gitLine = {id: 'git', label: 'Sign-in to git'};

type ApiAccess = {
	readonly finding: Finding;
	readonly account: Account | undefined;
	readonly proven: ProvenScopes;
};

/** Does the API accept the credential, and whose is it? */
export const checkApiAccess = async (check: AccessCheck): Promise<ApiAccess> => {
	const {source, bitbucket, signal, begin} = check;
	const nothing = {account: undefined, proven: new Map()};
	if (source.credential.kind === 'none') {
		const consequence = 'Private repositories are neither seen nor saved.';
		return {...nothing, finding: found(apiLine, 'ok', 'none, only what is public', consequence)};
	}

	begin(apiLine);
	const answer = await tryOnce(() => bitbucket.readAccount(signal));
	if (answer.ok) {
		const text = describeAccount(answer.value, source.credential);
		const finding = found(apiLine, 'ok', text);
		return {finding, account: answer.value, proven: proveUserScope(answer.value)};
	}

	const {failure} = answer;
	if (failure.kind === 'credentials-refused') {
		return {...nothing, finding: await explainApiRefusal(check)};
	}

	if (failure.kind === 'forbidden') {
		const text = `refused: ${toExcerpt(failure.message)}`;
		const consequence = 'This token may not use the API. Make one as the page for it says.';
		return {...nothing, finding: refused(apiLine, ['token'], text, consequence)};
	}

	return {...nothing, finding: unreachable(apiLine, failure)};
};

const describeAccount = (account: Account, credential: Credential): string => {
	if (credential.kind !== 'api-token') {
		return 'an access token';
	}

	const name = account.displayName ?? account.userName;
	const as = `as ${toPrintable(credential.apiUser)}`;
	return name === undefined ? as : `${toPrintable(name)}, ${as}`;
};

/** Bitbucket tells an account's own names only to a token that holds the scope for them. */
const proveUserScope = ({kind, displayName, userName}: Account): ProvenScopes =>
	kind === 'user'
		? new Map([['read:user:bitbucket', (displayName ?? userName) !== undefined]])
		: new Map();

/**
 * The API answers a wrong e-mail address and a bad token alike. Git accepts another name for the
 * same token, so git can tell the two apart.
 */
const explainApiRefusal = async (check: AccessCheck): Promise<Finding> => {
	const {credential} = check.source;
	if (credential.kind !== 'api-token') {
		const consequence = 'The token was mistyped, has expired or was revoked.';
		return refused(apiLine, ['token'], 'the access token was refused', consequence);
	}

	const probe = await probeGit(check, tokenGitUser);
	const suspects = ['token', 'apiAuthName'] as const;
	return refused(
		apiLine,
		probe === 'accepted' ? suspects.toReversed() : suspects,
		`refused for ${toPrintable(credential.apiUser)}`,
		likelyCauses[probe],
	);
};

/** The likely cause of the API's refusal, from what git says of the same token. */
const likelyCauses: Readonly<Record<Probe, string>> = {
	accepted:
		'Git takes this token, so the e-mail address is the likely cause. It is the one of your Atlassian account, not another one that reaches you.',
	refused:
		'Git refuses the token as well, so the token is the likely cause: mistyped, expired, revoked, or made without scopes.',
	unknown: 'Bitbucket does not say which of the two is wrong, the token or the e-mail address.',
};

type GitAccess = {readonly finding: Finding; readonly tokenNameWorks: boolean};

/** Does git accept the credential too? Tried on one of the repositories that the API listed. */
export const checkGitAccess = async (
	check: AccessCheck,
	account: Account | undefined,
	repositories: readonly Repository[],
): Promise<GitAccess> => {
	check.begin(gitLine);
	const repository = chooseRepository(repositories);
	if (repository === undefined) {
		const text = 'not tried: there is no repository to try it on';
		return {finding: found(gitLine, 'ok', text), tokenNameWorks: false};
	}

	const answer = await askGit(check, repository.cloneUrl);
	return !answer.ok && answer.failure.kind === 'credentials-refused'
		? explainGitRefusal(check, account, repository)
		: {finding: describeGit(check, repository, answer), tokenNameWorks: false};
};

/** Prefers a private repository with commits: a public one would also open without credentials. */
const chooseRepository = (repositories: readonly Repository[]): Repository | undefined =>
	repositories.find(({isPrivate, mainBranch}) => isPrivate && mainBranch !== undefined) ??
	repositories.find(({mainBranch}) => mainBranch !== undefined) ??
	repositories[0];

const askGit = ({bitbucket, signal}: AccessCheck, url: string): Promise<Answer<unknown>> =>
	tryOnce(async () => bitbucket.readAdvertisement(bitbucket.checkCloneUrl(url), signal));

const describeGit = (
	{source}: AccessCheck,
	repository: Repository,
	answer: Answer<unknown>,
): Finding => {
	const name = fullName(repository);
	if (answer.ok) {
		return found(gitLine, 'ok', describeSignIn(source.credential, toPrintable(name)));
	}

	switch (answer.failure.kind) {
		case 'permission-missing':
		case 'forbidden':
			return refused(
				gitLine,
				['token'],
				`may not read ${toPrintable(name)}`,
				'The token lacks read:repository:bitbucket; scopes cannot be changed, so make a new token.',
			);
		case 'not-found':
			return refused(
				gitLine,
				['token'],
				`${name} is listed, but git says it is not there`,
				'The token may see it and not read it: is it restricted to another workspace?',
			);
		default:
			return unreachable(gitLine, answer.failure);
	}
};

const describeSignIn = (credential: Credential, repository: string): string => {
	switch (credential.kind) {
		case 'api-token':
			return `as ${toPrintable(credential.gitUser)}, tried on ${repository}`;
		case 'access-token':
			return `with the access token, tried on ${repository}`;
		case 'none':
			return `not needed for ${repository}`;
	}
};

/** The API accepted the token, so the user name is wrong if git accepts the token with another. */
const explainGitRefusal = async (
	check: AccessCheck,
	account: Account | undefined,
	repository: Repository,
): Promise<GitAccess> => {
	const {credential} = check.source;
	if (credential.kind !== 'api-token') {
		const consequence =
			'The API takes it, git does not. Make a new one with the scope to read repositories.';
		const finding = refused(gitLine, ['token'], 'the access token was refused', consequence);
		return {finding, tokenNameWorks: false};
	}

	const {gitUser} = credential;
	const text = `refused for the user name "${toPrintable(gitUser)}"`;
	const works =
		gitUser !== tokenGitUser &&
		(await probeGit(check, tokenGitUser, repository.cloneUrl)) === 'accepted';
	if (works) {
		const yours =
			account?.userName === undefined || account.userName === gitUser
				? 'Yours is on bitbucket.org/account/settings.'
				: `Bitbucket calls you "${toPrintable(account.userName)}".`;
		const consequence = `The token is good, so the user name is the likely cause. ${yours}`;
		return {finding: refused(gitLine, ['authName'], text, consequence), tokenNameWorks: true};
	}

	const consequence =
		'The API takes the token and git with no name at all. Make a new one with read:repository:bitbucket.';
	return {finding: refused(gitLine, ['token'], text, consequence), tokenNameWorks: false};
};

type Probe = 'accepted' | 'refused' | 'unknown';

/** Explains itself in a server's log. */
const probeName = 'cistern-access-check';

/**
 * Does git accept the token with this user name? Without a `url` it asks for a repository that need
 * not exist: git answers a good sign-in with "not found". `unknown`: git could not be reached.
 */
const probeGit = async (
	check: AccessCheck,
	gitUser: string,
	url = `${gitAddressFor(check.source.apiUrl).origin}/${encodeURIComponent(check.source.workspace)}/${probeName}.git`,
): Promise<Probe> => {
	const {source, connect} = check;
	const {credential} = source;
	if (credential.kind !== 'api-token') {
		return 'unknown';
	}

	const bitbucket = connect({...source, credential: {...credential, gitUser}});
	const answer = await askGit({...check, bitbucket}, url);
	if (answer.ok) {
		return 'accepted';
	}

	switch (answer.failure.kind) {
		case 'credentials-refused':
			return 'refused';
		case 'not-found':
		case 'permission-missing':
			return 'accepted';
		default:
			return 'unknown';
	}
};
