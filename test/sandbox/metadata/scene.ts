import type {SandboxOptions} from '../../../source/sandbox/start-sandbox.ts';
import {basic, metadataScopes, startAcme} from '../../helpers/sandbox.ts';

type Json = Readonly<Record<string, unknown>>;

export type Listed = Json & {readonly values: readonly Json[]; readonly next?: string};

/** Acme with the repository `api` and another member Bo, whose tokens may read all metadata. */
export const startScene = async (options: SandboxOptions = {}) => {
	const acme = await startAcme(options);
	const {sandbox, account: ann, token, get} = acme;
	token.scopes = metadataScopes;
	const bo = sandbox.addAccount({email: 'bo@example.com', userName: 'bo'});
	sandbox.addApiToken({account: bo, token: 'ATATT-of-bo', scopes: metadataScopes});
	const repository = sandbox.addRepository({workspace: 'acme', slug: 'api'});
	const read = async (path: string): Promise<Listed> => {
		const answer = await get(`/repositories/acme/api/${path}`);
		return (await answer.json()) as Listed;
	};
	const {pullRequests} = sandbox.metadata;
	return {
		...acme,
		ann,
		bo,
		asBo: basic('bo@example.com', 'ATATT-of-bo'),
		repository,
		metadata: sandbox.metadata,
		pulls: pullRequests,
		openOne: () => pullRequests.open(repository, {by: ann}),
		/** Opens as many pull requests. */
		open: (count: number) =>
			Array.from({length: count}, () => pullRequests.open(repository, {by: ann})),
		/** JSON below the repository's address. */
		read,
		ids: async (query: string) =>
			(await read(`pullrequests?${query}`)).values.map(({id}) => Number(id)),
		statusOf: async (path: string) => (await get(`/repositories/acme/api/${path}`)).status,
		/** A `next`, as a path for `read`. */
		follow: (listed: Listed) => listed.next?.split('/repositories/acme/api/')[1] ?? '',
	};
};

export const allStates = 'state=OPEN&state=MERGED&state=DECLINED&state=SUPERSEDED';
