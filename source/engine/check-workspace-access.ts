import type {Finding} from '../domain/access.ts';
import type {Failure} from '../domain/failure.ts';
import type {Repository} from '../domain/repository.ts';
import {
	type AccessCheck,
	found,
	missing,
	type ProvenScopes,
	refused,
	tryOnce,
	unreachable,
} from './access-check.ts';

const place = {id: 'workspace', label: 'Workspace'};

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
	begin(place.id, place.label);
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
	if (listing.failure !== undefined) {
		return {proven, ...(await explain(check, listing.failure))};
	}

	return {proven, repositories: listing.repositories, ...(await judgeView(check, listing))};
};

type Listing = {
	readonly repositories: readonly Repository[];
	/** In all; undefined where there are more than were counted and Bitbucket did not say. */
	readonly total: number | undefined;
	readonly failure: Failure | undefined;
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
		return {finding: found(place, 'ok', text), workspaces: []};
	}

	const own = await listOwn(check);
	if (own.length > 0 && !own.includes(workspace)) {
		const consequence = `You are not a member of ${workspace}: only what is public there is visible and saved.`;
		return {finding: found(place, 'attention', text, consequence), workspaces: own};
	}

	return listing.repositories.length === 0
		? {
				finding: found(
					place,
					'attention',
					text,
					'An empty workspace, or one whose repositories this token may not see.',
				),
				workspaces: own,
			}
		: {finding: found(place, 'ok', text), workspaces: []};
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
	const {workspace} = check.source;
	const isElsewhere =
		failure.kind === 'not-found' || failure.kind === 'forbidden' || failure.kind === 'gone';
	const workspaces = isElsewhere ? await listOwn(check) : [];
	const others = workspaces.length > 0 ? ` Yours are: ${workspaces.slice(0, 8).join(', ')}.` : '';
	return {
		repositories: [],
		workspaces,
		finding: explainFinding(check, failure, `${workspace}:`, others),
	};
};

const explainFinding = (
	{source, bitbucket}: AccessCheck,
	failure: Failure,
	name: string,
	others: string,
): Finding => {
	switch (failure.kind) {
		case 'not-found': {
			const how = "The id is the part of a repository's address right behind bitbucket.org/.";
			const text = `${name} there is no such workspace`;
			return missing(place, ['workspace'], text, `${how}${others}`);
		}
		case 'gone':
			return missing(
				place,
				['workspace'],
				`${name} Bitbucket has closed this workspace`,
				`Bitbucket's support can say why.${others}`,
			);
		case 'forbidden':
			return source.credential.kind === 'none'
				? refused(
						place,
						['token', 'workspace'],
						`${name} private`,
						'Without a token nothing of it can be seen.',
					)
				: refused(
						place,
						['workspace', 'token'],
						`${name} this account is not a member, or the token is for another workspace`,
						`Ask an administrator of the workspace to invite you.${others}`,
					);
		case 'permission-missing':
			return refused(
				place,
				['token'],
				`${name} its repositories may not be listed`,
				"The token lacks a scope; a token's scopes cannot be changed, so make a new one.",
			);
		case 'credentials-refused':
			return source.credential.kind === 'none'
				? refused(
						place,
						['token', 'workspace'],
						`${name} private`,
						'Without a token nothing of it can be seen.',
					)
				: refused(place, ['token'], `${name} the token was refused`, 'Was it just revoked?');
		default:
			return unreachable(place, failure, bitbucket.apiHost);
	}
};
