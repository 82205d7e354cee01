import {
	complainAboutApi,
	decideGitAddress,
	gitAddressFor,
	withoutUser,
} from '../../domain/access/git-address.ts';
import {FailureError, StopError} from '../../domain/failure/failure.ts';
import type {Source} from '../../domain/settings/settings.ts';
import {toExcerpt} from '../../domain/text/printable-text.ts';
import type {Bitbucket, RepositoryPage} from '../../ports/bitbucket.ts';
import type {RequestPack} from '../git/transfer/direct-fetch.ts';
import {openFetcher} from '../lfs/fetch.ts';
import type {Agents} from '../network/agents.ts';
import {
	checkNext,
	detailFields,
	repositoryFields,
	toAccount,
	toRepositoryPage,
	toWorkspace,
	toWorkspaceIdPage,
	type WorkspaceIdPage,
} from './answers.ts';
import {
	apiAuthorization,
	type Cleaner,
	gitAuthorization,
	openCleaner,
	redactor,
} from './credentials.ts';
import {type Answer, failureOfAnswer} from './failures.ts';
import {openMetadata} from './metadata.ts';
import {gitLimits, readAdvertisement} from './read-advertisement.ts';
import {type Client, requestApi} from './request-api.ts';
import {requestPack} from './request-pack.ts';

/** No account has this many pages of workspaces; it stops a server whose list never ends. */
const maxWorkspacePages = 100;

/** Also asks for packs, which git alone can read. */
export type Connection = Bitbucket & {readonly requestPack: RequestPack};

/**
 * One source's Bitbucket: the REST API and the advertisement of refs. Sends nothing yet. Throws a
 * StopError for an `apiUrl` that must not receive a token.
 */
export const connectBitbucket = (
	source: Source,
	{version, agents}: {readonly version: string; readonly agents: Agents},
): Connection => {
	const {apiUrl, workspace, credential} = source;
	refuseUnsafeApi(apiUrl);
	const gitAddress = gitAddressFor(apiUrl);
	const {origin, host} = new URL(apiUrl);
	const base = apiUrl.replace(/\/+$/, '');
	const id = encodeURIComponent(workspace);
	const api: Client = {
		agents,
		userAgent: `cistern/${version}`,
		authorization: () => apiAuthorization(credential),
	};
	const git: Client = {
		agents,
		// A git server knows a git client by this prefix, and may answer others with a web page.
		userAgent: `git/cistern-${version}`,
		authorization: () => gitAuthorization(credential),
	};

	const cleaner = openCleaner(redactor(credential));
	const {redact, run: clean} = cleaner;
	const checkCloneUrl = (url: string): string => {
		const decision = decideGitAddress(url, gitAddress);
		if (decision.accepted) {
			return decision.url;
		}

		const {reason} = decision;
		const refused = {kind: 'address-refused', address: withoutUser(url), reason} as const;
		throw new FailureError(cleaner.failure(refused));
	};

	const get = async (address: string, signal: AbortSignal): Promise<Answer> =>
		expectSuccess(await requestApi(address, api, signal));

	return {
		apiHost: host,
		gitHost: gitAddress.host,
		readAccount: (signal) =>
			clean(async () => {
				if (credential.kind === 'none') {
					return {
						kind: 'anonymous',
						displayName: undefined,
						userName: undefined,
						scopes: undefined,
					};
				}

				const answer = await requestApi(`${base}/user`, api, signal);
				return toAccount(expectAccount(answer), credential.kind);
			}),
		readWorkspace: (signal) =>
			clean(async () => toWorkspace(await get(`${base}/workspaces/${id}`, signal))),
		listWorkspaces: (signal) =>
			clean(async () => {
				const all: string[] = [];
				let page: string | undefined = `${base}/user/workspaces?pagelen=100`;
				for (let count = 0; page !== undefined && count < maxWorkspacePages; count += 1) {
					const {ids, next}: WorkspaceIdPage = toWorkspaceIdPage(await get(page, signal), origin);
					all.push(...ids);
					page = next;
				}

				return all;
			}),
		readRepositoryPage: (page, signal, withDetails = false) =>
			clean(async () => {
				const fields = withDetails ? `${repositoryFields},${detailFields}` : repositoryFields;
				// Sorted by creation, which never changes: a push must not move a repository between pages.
				const query = `pagelen=100&sort=created_on&fields=${encodeURIComponent(fields)}`;
				const first = `${base}/repositories/${id}?${query}`;
				const address = page === undefined ? first : checkNext(page, origin);
				const answer = await get(address, signal);
				const text = withDetails ? redact(answer.text) : answer.text;
				return cleanPage(toRepositoryPage({...answer, text}, origin, withDetails), cleaner);
			}),
		cloneUrlOf: (owner, slug) =>
			`${gitAddress.origin}/${encodeURIComponent(owner)}/${encodeURIComponent(slug)}.git`,
		checkCloneUrl,
		...openMetadata({client: api, base, workspace, cleaner}),
		...openFetcher({
			client: {...git, userAgent: `git-lfs/cistern-${version}`},
			origin: gitAddress.origin,
			host: gitAddress.host,
			cleaner,
		}),
		readAdvertisement: (url, signal, idle = gitLimits.idle) =>
			clean(() => readAdvertisement(checkCloneUrl(url), git, signal, {...gitLimits, idle})),
		requestPack: (url, request) => clean(() => requestPack(checkCloneUrl(url), git, request)),
	};
};

const refuseUnsafeApi = (apiUrl: string): void => {
	const complaint = complainAboutApi(apiUrl);
	if (complaint !== undefined) {
		const address = toExcerpt(withoutUser(apiUrl));
		throw new StopError(`The API address ${address} cannot be used: ${complaint}.`, {
			advice: 'Leave apiUrl out to talk to Bitbucket itself.',
		});
	}
};

/** A server may repeat the token in an entry that cannot be used. */
const cleanPage = (page: RepositoryPage, {excerpt}: Cleaner): RepositoryPage => ({
	...page,
	unreadable: page.unreadable.map(({name, detail, ...entry}) => ({
		...entry,
		name: name && excerpt(name),
		detail: excerpt(detail),
	})),
});

const expectSuccess = (answer: Answer): Answer => {
	if (answer.status !== 200) {
		throw new FailureError(failureOfAnswer(answer, 'api', Date.now()));
	}

	return answer;
};

/** The headers of a 403 from `/user` name the kind of credential, unless it is a rate limit. */
const expectAccount = (answer: Answer): Answer => {
	const isForbidden =
		answer.status === 403 && failureOfAnswer(answer, 'api', Date.now()).kind !== 'rate-limited';
	return isForbidden ? answer : expectSuccess(answer);
};
