import type {IncomingMessage} from 'node:http';
import https from 'node:https';
import {FailureError} from '../../domain/failure/failure.ts';
import {onlyGiven} from '../../domain/given.ts';
import type {Agent, Agents} from '../network/agents.ts';
import {failureOfNetwork} from '../network/network-failure.ts';
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
	{userAgent, authorization}: Client,
	signal: AbortSignal,
	limits: ApiLimits,
): Promise<Answer> => {
	signal.throwIfAborted();
	// Loaded only here: most commands never talk to Bitbucket.
	const {default: got} = await import('got');
	const stream = got.stream(url, {
		agent: agent instanceof https.Agent ? {https: agent} : {http: agent},
		headers: {
			accept: 'application/json',
			'user-agent': userAgent,
			...onlyGiven({authorization: authorization()}),
		},
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

const maxRedirects = 5;

export const isRedirect = (status: number): boolean => [301, 302, 303, 307, 308].includes(status);

type Redirectable = {
	readonly status: number;
	readonly headers: {readonly location?: string | undefined};
};

/**
 * Makes a request, and follows redirects on the same scheme, host and port, since the credential is
 * sent with each. Throws `address-refused` for a redirect elsewhere.
 */
export const followRedirects = async <Given extends Redirectable>(
	first: URL,
	ask: (url: URL) => Promise<Given>,
): Promise<Given> => {
	let url = first;
	for (let redirects = 0; redirects <= maxRedirects; redirects += 1) {
		const answer = await ask(url);
		const {location} = answer.headers;
		if (!isRedirect(answer.status) || location === undefined) {
			return answer;
		}

		url = resolve(location, url, first.origin);
	}

	throw new FailureError({
		kind: 'unexpected-answer',
		detail: `more than ${maxRedirects} redirects in a row`,
	});
};

const resolve = (location: string, from: URL, origin: string): URL => {
	const target = URL.parse(location, from.href);
	if (target?.origin === origin && target.username === '' && target.password === '') {
		return target;
	}

	throw new FailureError({
		kind: 'address-refused',
		address: target === null ? location : `${target.protocol}//${target.host}`,
		reason: `a redirect away from ${origin} is not followed, because it would get the token`,
	});
};
