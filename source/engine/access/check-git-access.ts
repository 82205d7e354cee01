import type {Finding} from '../../domain/access/access.ts';
import {fullName, type Repository} from '../../domain/plan/repository.ts';
import {type Credential, tokenGitUser} from '../../domain/settings/settings.ts';
import {toPrintable} from '../../domain/text/printable-text.ts';
import {
	type AccessCheck,
	type AccessFacts,
	found,
	refused,
	tryOnce,
	unreachable,
} from './access-check.ts';
import {probeGit} from './probe-git.ts';

const place = {id: 'git', label: 'Sign-in to git'};

export type GitAccess = {readonly finding: Finding; readonly tokenNameWorks: boolean};

/** Does git take the credential too, on one real repository? */
export const checkGitAccess = async (
	check: AccessCheck,
	facts: AccessFacts,
): Promise<GitAccess> => {
	const {bitbucket, source, signal, begin} = check;
	begin(place.id, place.label);
	const repository = chooseRepository(facts.repositories);
	if (repository === undefined) {
		const text = 'not tried: there is no repository to try it on';
		return {finding: found(place, 'ok', text), tokenNameWorks: false};
	}

	const answer = await tryOnce(async () =>
		bitbucket.readAdvertisement(bitbucket.checkCloneUrl(repository.cloneUrl), signal),
	);
	if (answer.ok) {
		const finding = found(place, 'ok', describe(source.credential, repository));
		return {finding, tokenNameWorks: false};
	}

	const {failure} = answer;
	switch (failure.kind) {
		case 'credentials-refused':
			return explainRefusal(check, repository, facts);
		case 'permission-missing':
		case 'forbidden':
			return {finding: explainForbidden(repository), tokenNameWorks: false};
		case 'not-found': {
			const text = `${fullName(repository)} is listed, but git says it is not there`;
			const consequence =
				'The token may see it and not read it: is it restricted to another workspace?';
			return {finding: refused(place, ['token'], text, consequence), tokenNameWorks: false};
		}
		default:
			return {finding: unreachable(place, failure), tokenNameWorks: false};
	}
};

/** A private one with something in it proves most: a public one is given to everybody. */
const chooseRepository = (repositories: readonly Repository[]): Repository | undefined =>
	repositories.find(({isPrivate, mainBranch}) => isPrivate && mainBranch !== undefined) ??
	repositories.find(({mainBranch}) => mainBranch !== undefined) ??
	repositories[0];

const describe = (credential: Credential, repository: Repository): string => {
	const name = toPrintable(fullName(repository));
	switch (credential.kind) {
		case 'api-token':
			return `as ${toPrintable(credential.gitUser)}, tried on ${name}`;
		case 'access-token':
			return `with the access token, tried on ${name}`;
		case 'none':
			return `not needed for ${name}`;
	}
};

const explainForbidden = (repository: Repository): Finding =>
	refused(
		place,
		['token'],
		`may not read ${toPrintable(fullName(repository))}`,
		'The token lacks read:repository:bitbucket; scopes cannot be changed, so make a new token.',
	);

/** The API took the token, so a name that git refuses is the likely cause, if another one works. */
const explainRefusal = async (
	check: AccessCheck,
	repository: Repository,
	{account}: AccessFacts,
): Promise<GitAccess> => {
	const {credential} = check.source;
	if (credential.kind !== 'api-token') {
		const consequence =
			'The API takes it, git does not. Make a new one with the scope to read repositories.';
		const finding = refused(place, ['token'], 'the access token was refused', consequence);
		return {finding, tokenNameWorks: false};
	}

	const text = `refused for the user name "${toPrintable(credential.gitUser)}"`;
	const {gitUser} = credential;
	const works =
		gitUser !== tokenGitUser &&
		(await probeGit(check, tokenGitUser, repository.cloneUrl)) === 'accepted';
	if (works) {
		const yours =
			account?.userName === undefined || account.userName === gitUser
				? 'Yours is on bitbucket.org/account/settings.'
				: `Bitbucket calls you "${toPrintable(account.userName)}".`;
		const consequence = `The token is good, so the user name is the likely cause. ${yours}`;
		return {finding: refused(place, ['authName'], text, consequence), tokenNameWorks: true};
	}

	const consequence =
		'The API takes the token and git with no name at all. Make a new one with read:repository:bitbucket.';
	return {finding: refused(place, ['token'], text, consequence), tokenNameWorks: false};
};
