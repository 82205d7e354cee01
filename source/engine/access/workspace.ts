import type {Finding, WorkspaceLookup} from '../../domain/access/access.ts';
import type {Failure} from '../../domain/failure/failure.ts';
import type {Repository} from '../../domain/plan/repository.ts';
import type {Source} from '../../domain/settings/settings.ts';
import type {Bitbucket} from '../../ports/bitbucket.ts';
import {
	type AccessCheck,
	type Answer,
	found,
	missing,
	type ProvenScopes,
	refused,
	tryOnce,
	unreachable,
} from './findings.ts';

const workspaceLine = {id: 'workspace', label: 'Workspace'};

/** Pages that are counted, of 100 repositories each: enough to judge by, and quickly read. */
const mostPages = 10;

type WorkspaceAccess = {
	readonly finding: Finding;
	readonly proven: ProvenScopes;
	readonly repositories: readonly Repository[];
	/** Workspaces to choose from, if the one given does not exist or is not the token's. */
	readonly workspaces: readonly string[];
};

/** Does the workspace exist, and how much of it does the credential see? */
export const checkWorkspaceAccess = async (check: AccessCheck): Promise<WorkspaceAccess> => {
	const {bitbucket, signal, begin, source} = check;
	begin(workspaceLine);
	const answer = await tryOnce(() => bitbucket.readWorkspace(signal));
	const lacksScope = !answer.ok && answer.failure.kind === 'permission-missing';
	const proven: ProvenScopes =
		answer.ok || lacksScope ? new Map([['read:workspace:bitbucket', answer.ok]]) : new Map();
	// A token without the scope, and many an access token, may list a workspace and not read it.
	const isConclusive = !(lacksScope || source.credential.kind === 'access-token');
	if (!answer.ok && isConclusive) {
		return {proven, ...(await explainFailure(check, answer.failure))};
	}

	const listing = await countRepositories(check);
	const all: ProvenScopes = new Map([...proven, ...proveListing(listing)]);
	return listing.failure === undefined
		? {proven: all, repositories: listing.repositories, ...(await judgeListing(check, listing))}
		: {proven: all, ...(await explainFailure(check, listing.failure))};
};

type Listing = {
	readonly repositories: readonly Repository[];
	/** In all; undefined if not all were counted and Bitbucket did not tell the number. */
	readonly total: number | undefined;
	readonly failure: Failure | undefined;
};

/** API tokens and access tokens have different names for this scope. */
const proveListing = ({failure}: Listing): ProvenScopes => {
	const isHeld = failure === undefined;
	return isHeld || failure.kind === 'permission-missing'
		? new Map([
				['read:repository:bitbucket', isHeld],
				['repository', isHeld],
			])
		: new Map();
};

const countRepositories = async ({bitbucket, signal}: AccessCheck): Promise<Listing> => {
	const repositories: Repository[] = [];
	let total: number | undefined;
	let page: string | undefined;
	for (let pages = 0; pages < mostPages; pages += 1) {
		const address = page;
		const answer = await tryOnce(() => bitbucket.readRepositoryPage(address, signal));
		if (!answer.ok) {
			return {repositories, total, failure: answer.failure};
		}

		repositories.push(...answer.value.repositories);
		total = answer.value.total ?? total;
		page = answer.value.next;
		if (page === undefined) {
			return {repositories, total: repositories.length, failure: undefined};
		}
	}

	return {repositories, total, failure: undefined};
};

const describeListing = ({repositories, total}: Listing): string => {
	const hidden = repositories.filter(({isPrivate}) => isPrivate).length;
	const counted = repositories.length;
	if (total === counted) {
		const noun = total === 1 ? 'repository' : 'repositories';
		return `${total} ${noun} visible, ${hidden} of them private`;
	}

	const all = total === undefined ? `more than ${counted}` : String(total);
	return `${all} repositories visible; of the first ${counted}, ${hidden} are private`;
};

const judgeListing = async (
	check: AccessCheck,
	listing: Listing,
): Promise<Pick<WorkspaceAccess, 'finding' | 'workspaces'>> => {
	const {workspace, credential} = check.source;
	const text = `${workspace}: ${describeListing(listing)}`;
	const isGood: Finding = found(workspaceLine, 'ok', text);
	if (listing.repositories.some(({isPrivate}) => isPrivate) || credential.kind === 'none') {
		return {finding: isGood, workspaces: []};
	}

	const own = await listOwnWorkspaces(check);
	if (own.length > 0 && !own.includes(workspace)) {
		const consequence = `You are not a member of ${workspace}: only what is public there is visible and saved.`;
		return {
			finding: found(workspaceLine, 'attention', text, consequence, ['workspace']),
			workspaces: own,
		};
	}

	if (listing.repositories.length > 0) {
		return {finding: isGood, workspaces: []};
	}

	const consequence = 'An empty workspace, or one whose repositories this token may not see.';
	return {
		finding: found(workspaceLine, 'attention', text, consequence, ['workspace', 'token']),
		workspaces: own,
	};
};

/** Empty if the token may not list them. */
const listOwnWorkspaces = async ({
	bitbucket,
	source,
	signal,
}: AccessCheck): Promise<readonly string[]> => {
	if (source.credential.kind !== 'api-token') {
		return [];
	}

	const answer = await tryOnce(() => bitbucket.listWorkspaces(signal));
	return answer.ok ? answer.value : [];
};

/** Bitbucket's answers for a workspace that does not exist, is closed, or is not this account's. */
const isElsewhere = ({kind}: Failure): boolean =>
	kind === 'not-found' || kind === 'forbidden' || kind === 'gone';

const explainFailure = async (
	check: AccessCheck,
	failure: Failure,
): Promise<Omit<WorkspaceAccess, 'proven'>> => {
	const workspaces = isElsewhere(failure) ? await listOwnWorkspaces(check) : [];
	const finding = describeFailedListing(check.source, failure, workspaces);
	return {repositories: [], workspaces, finding};
};

/** `own`: the workspaces that the token belongs to. */
const describeFailedListing = (
	{workspace, credential}: Source,
	failure: Failure,
	own: readonly string[],
): Finding => {
	const yours = own.length > 0 ? ` Yours are: ${own.slice(0, 8).join(', ')}.` : '';
	const isGuest = credential.kind === 'none';
	switch (failure.kind) {
		case 'not-found':
			// Bitbucket hides a private workspace from guests as if it did not exist.
			return missing(
				workspaceLine,
				isGuest ? ['workspace', 'token'] : ['workspace'],
				isGuest
					? `${workspace}: not there, or private`
					: `${workspace}: there is no such workspace`,
				`The id is the part of a repository's address right after bitbucket.org/.${yours}`,
			);
		case 'gone':
			return missing(
				workspaceLine,
				['workspace'],
				`${workspace}: Bitbucket has closed this workspace`,
				`Bitbucket's support can say why.${yours}`,
			);
		case 'forbidden':
			return refused(
				workspaceLine,
				['workspace', 'token'],
				`${workspace}: this account is not a member, or the token is for another workspace`,
				`Ask an administrator of the workspace to invite you.${yours}`,
			);
		case 'permission-missing':
			return refused(
				workspaceLine,
				['token'],
				`${workspace}: its repositories may not be listed`,
				'The scope that it takes is missing, as the next lines say.',
			);
		case 'credentials-refused':
			return refused(
				workspaceLine,
				['token'],
				`${workspace}: ${isGuest ? 'private' : 'the token was refused'}`,
				isGuest ? 'Nothing of it is visible without a token.' : 'Was it revoked just now?',
			);
		default:
			return unreachable(workspaceLine, failure);
	}
};

/**
 * Shows a workspace as a guest sees it, with two requests at most. Bitbucket hides a private one as
 * if it did not exist, but still answers for its list of public repositories, which may be empty.
 */
export const lookUpWorkspace = async (
	source: Source,
	connect: (source: Source) => Bitbucket,
	signal: AbortSignal,
): Promise<WorkspaceLookup> => {
	const bitbucket = connect({...source, credential: {kind: 'none'}});
	const answer = await tryOnce(() => bitbucket.readWorkspace(signal));
	if (answer.ok) {
		return answer.value.isPrivate ? {state: 'private'} : {state: 'public', name: answer.value.name};
	}

	switch (answer.failure.kind) {
		case 'credentials-refused':
		case 'forbidden':
		case 'permission-missing':
			return {state: 'private'};
		case 'not-found':
			return {
				state: judgeGuestListing(
					await tryOnce(() => bitbucket.readRepositoryPage(undefined, signal)),
				),
			};
		default:
			return {state: 'unknown'};
	}
};

const judgeGuestListing = (listing: Answer<unknown>): 'private' | 'missing' | 'unknown' => {
	if (listing.ok) {
		return 'private';
	}

	switch (listing.failure.kind) {
		case 'not-found':
			return 'missing';
		case 'credentials-refused':
		case 'forbidden':
			return 'private';
		default:
			return 'unknown';
	}
};
