import {FailureError} from '../../domain/failure/failure.ts';
import type {Source} from '../../domain/settings/settings.ts';
import type {Bitbucket} from '../../ports/bitbucket.ts';
import {type Answer, failureOfAnswer} from './answer-failure.ts';
import {
	checkNext,
	repositoryFields,
	toAccount,
	toRepositoryPage,
	toWorkspace,
	toWorkspaceIdPage,
	type WorkspaceIdPage,
} from './answers.ts';
import {type Client, requestApi} from './request-api.ts';

type ApiMethods = Pick<
	Bitbucket,
	'readAccount' | 'readWorkspace' | 'listWorkspaces' | 'readRepositoryPage'
>;

/** More pages of workspaces than anybody has; a server that never ends the list is stopped. */
const maxWorkspacePages = 100;

/** The part of the port that talks to the REST API. */
export const apiMethods = ({apiUrl, workspace, credential}: Source, client: Client): ApiMethods => {
	const {origin} = new URL(apiUrl);
	const base = apiUrl.replace(/\/+$/, '');
	const id = encodeURIComponent(workspace);

	const get = async (address: string, signal: AbortSignal): Promise<Answer> =>
		expectSuccess(await requestApi(address, client, signal));

	return {
		readAccount: async (signal) => {
			if (credential.kind === 'none') {
				return {kind: 'anonymous', displayName: undefined, userName: undefined, scopes: undefined};
			}

			const answer = await requestApi(`${base}/user`, client, signal);
			return toAccount(expectAccount(answer), credential.kind);
		},
		readWorkspace: async (signal) => toWorkspace(await get(`${base}/workspaces/${id}`, signal)),
		listWorkspaces: async (signal) => {
			const all: string[] = [];
			let page: string | undefined = `${base}/user/workspaces?pagelen=100`;
			for (let count = 0; page !== undefined && count < maxWorkspacePages; count += 1) {
				const {ids, next}: WorkspaceIdPage = toWorkspaceIdPage(await get(page, signal), origin);
				all.push(...ids);
				page = next;
			}

			return all;
		},
		readRepositoryPage: async (page, signal) => {
			// By creation, which never changes: a walk over pages must not shift under a push.
			const query = `pagelen=100&sort=created_on&fields=${encodeURIComponent(repositoryFields)}`;
			const first = `${base}/repositories/${id}?${query}`;
			const address = page === undefined ? first : checkNext(page, origin);
			return toRepositoryPage(await get(address, signal), origin);
		},
	};
};

const expectSuccess = (answer: Answer): Answer => {
	if (answer.status !== 200) {
		throw new FailureError(failureOfAnswer(answer, 'api', Date.now()));
	}

	return answer;
};

/** A 403 from `/user` still tells who asks, unless it is a rate limit. */
const expectAccount = (answer: Answer): Answer => {
	const isTold =
		answer.status === 403 && failureOfAnswer(answer, 'api', Date.now()).kind !== 'rate-limited';
	return isTold ? answer : expectSuccess(answer);
};
