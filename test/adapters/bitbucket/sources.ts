import {type Connection, connectBitbucket} from '../../../source/adapters/bitbucket/bitbucket.ts';
import {makeAgents} from '../../../source/adapters/network/agents.ts';
import {type Failure, FailureError} from '../../../source/domain/failure/failure.ts';
import {type Credential, Secret} from '../../../source/domain/settings/settings.ts';

/** May appear only where the credential belongs. */
export const canary = 'ATATT3xCanaryCanaryCanaryCanary=9F3C21';

export const apiToken: Credential = {
	kind: 'api-token',
	apiUser: 'ann@example.com',
	gitUser: 'ann',
	token: new Secret(canary),
};

export const accessToken: Credential = {kind: 'access-token', token: new Secret(canary)};

export const never = new AbortController().signal;

export const basic = (user: string): string =>
	`Basic ${Buffer.from(`${user}:${canary}`).toString('base64')}`;

/** The workspace `acme` of the Bitbucket at this origin. */
export const connect = (origin: string, credential: Credential = apiToken): Connection =>
	connectBitbucket(
		{
			title: 'acme',
			type: 'org',
			workspace: 'acme',
			credential,
			includeRepos: [],
			ignoreRepos: [],
			apiUrl: origin.startsWith('http://127') ? `${origin}/2.0` : origin,
			ofParts: {},
			tokenExpires: undefined,
		},
		{version: '1.2.3', agents: makeAgents()},
	);

/** The failure of a promise. Throws where the promise succeeded, or failed otherwise. */
export const failureOf = async (work: Promise<unknown>): Promise<Failure> => {
	const error = await errorOf(work);
	if (error instanceof FailureError) {
		return error.failure;
	}

	throw error;
};

export const errorOf = async (work: Promise<unknown>): Promise<unknown> => {
	try {
		await work;
	} catch (error) {
		return error;
	}

	throw new Error('It did not fail.');
};
