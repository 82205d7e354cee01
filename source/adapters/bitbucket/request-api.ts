import type {IncomingHttpHeaders} from 'node:http';
import https from 'node:https';
import {FailureError} from '../../domain/failure/failure.ts';
import type {Agent, Agents} from './agents.ts';
import type {Answer} from './answer-failure.ts';
import {failureOfNetwork} from './network-failure.ts';
import {followRedirects} from './redirects.ts';

/** How one of the two doors is asked for one source. */
export type Client = {
	readonly agents: Agents;
	readonly userAgent: string;
	/** Throws for a credential that cannot be sent. */
	authorization(): string | undefined;
};

export type ApiLimits = {
	/** Milliseconds. */
	readonly timeouts: {
		readonly lookup: number;
		readonly connect: number;
		readonly secureConnect: number;
		readonly response: number;
		/** Without a byte. */
		readonly socket: number;
		/** For all of it: a server that drips has an end too. */
		readonly request: number;
	};
	/** Of an answer, uncompressed. */
	readonly bytes: number;
};

export const apiLimits: ApiLimits = {
	timeouts: {
		lookup: 10_000,
		connect: 15_000,
		secureConnect: 15_000,
		response: 60_000,
		socket: 60_000,
		request: 180_000,
	},
	bytes: 32 * 1024 * 1024,
};

/**
 * One GET, whatever its status; redirects are followed on the same origin only. Throws a
 * `FailureError` where no whole answer came, and the signal's reason when it aborts.
 */
export const requestApi = async (
	address: string,
	client: Client,
	signal: AbortSignal,
	limits: ApiLimits = apiLimits,
): Promise<Answer> =>
	followRedirects(new URL(address), (url) =>
		client.agents.withAgent(url, signal, (agent) =>
			requestOnce({url, agent}, client, signal, limits),
		),
	);

type Way = {readonly url: URL; readonly agent: Agent};

const requestOnce = async (
	way: Way,
	client: Client,
	signal: AbortSignal,
	limits: ApiLimits,
): Promise<Answer> => {
	signal.throwIfAborted();
	const stream = await openStream(way, client, signal, limits);
	let head: {statusCode: number; headers: IncomingHttpHeaders} | undefined;
	stream.once('response', (response: {statusCode: number; headers: IncomingHttpHeaders}) => {
		head = response;
	});

	try {
		const text = await readText(stream, limits.bytes);
		return {status: head?.statusCode ?? 0, headers: head?.headers ?? {}, text};
	} catch (error) {
		signal.throwIfAborted();
		throw error instanceof FailureError
			? error
			: failureOfNetwork(error, way.url.host, head !== undefined);
	}
};

const openStream = async (
	{url, agent}: Way,
	client: Client,
	signal: AbortSignal,
	limits: ApiLimits,
) => {
	const authorization = client.authorization();
	// Only runs that talk to Bitbucket pay for loading it.
	const {default: got} = await import('got');
	return got.stream(url, {
		agent: agent instanceof https.Agent ? {https: agent} : {http: agent},
		headers: {
			accept: 'application/json',
			'user-agent': client.userAgent,
			...(authorization === undefined ? {} : {authorization}),
		},
		followRedirect: false,
		retry: {limit: 0},
		signal,
		throwHttpErrors: false,
		timeout: limits.timeouts,
	});
};

const readText = async (stream: AsyncIterable<Uint8Array>, limit: number): Promise<string> => {
	const chunks: Uint8Array[] = [];
	let length = 0;
	for await (const chunk of stream) {
		length += chunk.length;
		if (length > limit) {
			throw new FailureError({
				kind: 'answer-refused',
				detail: `the answer is longer than ${limit} bytes`,
			});
		}

		chunks.push(chunk);
	}

	return Buffer.concat(chunks).toString();
};
