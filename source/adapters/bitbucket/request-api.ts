import type {IncomingMessage} from 'node:http';
import https from 'node:https';
import {FailureError} from '../../domain/failure/failure.ts';
import {onlyGiven} from '../../domain/given.ts';
import type {Agent, Agents} from '../network/agents.ts';
import {failureOfNetwork} from '../network/network-failure.ts';
import {readText} from '../network/read-body.ts';
import {followRedirects} from '../network/redirects.ts';
import type {Answer} from './failures.ts';

/** The way to one source's API, or to its git server. */
export type Client = {
	readonly agents: Agents;
	readonly userAgent: string;
	/** Throws for a credential that cannot be sent. */
	authorization(): string | undefined;
};

export const apiLimits = {
	/** Milliseconds. */
	timeouts: {
		lookup: 10_000,
		connect: 15_000,
		secureConnect: 15_000,
		response: 60_000,
		/** Without a byte. */
		socket: 60_000,
		/** For the whole request: a server that sends a byte now and then must end too. */
		request: 180_000,
	},
	/** The longest answer, uncompressed. */
	bytes: 32 * 1024 * 1024,
};

type ApiLimits = typeof apiLimits;

/** Headers of a request, with the credential. */
export const headersFor = ({userAgent, authorization}: Client, accept = '*/*') => ({
	accept,
	'user-agent': userAgent,
	...onlyGiven({authorization: authorization()}),
});

/**
 * One GET. Gives the answer whatever its status is, and follows redirects on the same origin only.
 * Throws a `FailureError` when no whole answer came, and the signal's reason when it aborts.
 */
export const requestApi = (
	address: string,
	client: Client,
	signal: AbortSignal,
	limits: ApiLimits = apiLimits,
): Promise<Answer> =>
	followRedirects(new URL(address), (url) =>
		client.agents.withAgent(url, signal, (agent) =>
			requestOnce(url, agent, client, signal, limits),
		),
	);

const requestOnce = async (
	url: URL,
	agent: Agent,
	client: Client,
	signal: AbortSignal,
	limits: ApiLimits,
): Promise<Answer> => {
	signal.throwIfAborted();
	// Loaded only here: most commands never talk to Bitbucket.
	const {default: got} = await import('got');
	const stream = got.stream(url, {
		agent: agent instanceof https.Agent ? {https: agent} : {http: agent},
		headers: headersFor(client, 'application/json'),
		followRedirect: false,
		retry: {limit: 0},
		signal,
		throwHttpErrors: false,
		timeout: limits.timeouts,
	});
	let head: IncomingMessage | undefined;
	stream.once('response', (response: IncomingMessage) => {
		head = response;
	});

	try {
		const text = await readText(stream, limits.bytes);
		return {status: head?.statusCode ?? 0, headers: head?.headers ?? {}, text};
	} catch (error) {
		signal.throwIfAborted();
		throw error instanceof FailureError
			? error
			: failureOfNetwork(error, url.host, head !== undefined);
	}
};
