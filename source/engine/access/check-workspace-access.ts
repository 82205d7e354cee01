import type {Finding} from '../../domain/access/access.ts';
import type {Failure} from '../../domain/failure/failure.ts';
import type {Repository} from '../../domain/plan/repository.ts';
import {type AccessCheck, found, type ProvenScopes, tryOnce} from './access-check.ts';
import {explainWorkspace, isElsewhere, workspacePlace} from './explain-workspace.ts';

/** So many pages are counted, a hundred repositories each: enough to judge by, and soon done. */
const mostPages = 10;

export type WorkspaceAccess = {
	readonly finding: Finding;
	readonly proven: ProvenScopes;
	readonly repositories: readonly Repository[];
	/** Workspaces to choose from in place of one that is not there or not the token's. */
	readonly workspaces: readonly string[];
};

/** Is the workspace there, and how much of it does the credential see? */
export const checkWorkspaceAccess = async (check: AccessCheck): Promise<WorkspaceAccess> => {
	const {bitbucket, signal, begin, source} = check;
	begin(workspacePlace.id, workspacePlace.label);
	const answer = await tryOnce(() => bitbucket.readWorkspace(signal));
	const lacksScope = !answer.ok && answer.failure.kind === 'permission-missing';
	const proven: ProvenScopes =
		answer.ok || lacksScope ? new Map([['read:workspace:bitbucket', answer.ok]]) : new Map();
	// An access token need not be one that may look at workspaces; the listing decides.
	const isTelling = !(lacksScope || source.credential.kind === 'access-token');
	if (!answer.ok && isTelling) {
		return {proven, ...(await explain(check, answer.failure))};
	}

	const listing = await countRepositories(check);
	const all: ProvenScopes = new Map([...proven, ...proveListing(listing)]);
	return listing.failure === undefined
		? {proven: all, repositories: listing.repositories, ...(await judgeView(check, listing))}
		: {proven: all, ...(await explain(check, listing.failure))};
};

type Listing = {
	readonly repositories: readonly Repository[];
	/** In all; undefined where there are more than were counted and Bitbucket did not say. */
	readonly total: number | undefined;
	readonly failure: Failure | undefined;
};

/** By the names that API tokens and access tokens have for it. */
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

const describe = ({repositories, total}: Listing): string => {
	const hidden = repositories.filter(({isPrivate}) => isPrivate).length;
	const counted = repositories.length;
	if (total === counted) {
		const noun = total === 1 ? 'repository' : 'repositories';
		return `${total} ${noun} visible, ${hidden} of them private`;
	}

	const all = total === undefined ? `more than ${counted}` : String(total);
	return `${all} repositories visible; of the first ${counted}, ${hidden} are private`;
};

const judgeView = async (
	check: AccessCheck,
	listing: Listing,
): Promise<Pick<WorkspaceAccess, 'finding' | 'workspaces'>> => {
	const {workspace, credential} = check.source;
	const text = `${workspace}: ${describe(listing)}`;
	if (listing.repositories.some(({isPrivate}) => isPrivate) || credential.kind === 'none') {
		return {finding: found(workspacePlace, 'ok', text), workspaces: []};
	}

	const own = await listOwn(check);
	if (own.length > 0 && !own.includes(workspace)) {
		const consequence = `You are not a member of ${workspace}: only what is public there is visible and saved.`;
		return {
			finding: found(workspacePlace, 'attention', text, consequence, ['workspace']),
			workspaces: own,
		};
	}

	return listing.repositories.length === 0
		? {
				finding: found(
					workspacePlace,
					'attention',
					text,
					'An empty workspace, or one whose repositories this token may not see.',
					['workspace', 'token'],
				),
				workspaces: own,
			}
		: {finding: found(workspacePlace, 'ok', text), workspaces: []};
};

/** None where the token may not list them. */
const listOwn = async ({bitbucket, source, signal}: AccessCheck): Promise<readonly string[]> => {
	if (source.credential.kind !== 'api-token') {
		return [];
	}

	const answer = await tryOnce(() => bitbucket.listWorkspaces(signal));
	return answer.ok ? answer.value : [];
};

const explain = async (
	check: AccessCheck,
	failure: Failure,
): Promise<Omit<WorkspaceAccess, 'proven'>> => {
	const workspaces = isElsewhere(failure) ? await listOwn(check) : [];
	const finding = explainWorkspace(check.source, failure, workspaces);
	return {repositories: [], workspaces, finding};
};
