import type {IncomingMessage} from 'node:http';
import https from 'node:https';
import {FailureError} from '../../domain/failure/failure.ts';
import {describeFailure} from '../../domain/failure/failure-table.ts';
import type {Sent} from '../../ports/telling.ts';
import type {Agents} from '../bitbucket/agents.ts';
import {failureOfNetwork} from '../bitbucket/failures.ts';

export type TellRequest = {
	readonly method: 'GET' | 'POST';
	readonly url: URL;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: string;
};

/** Milliseconds for one attempt. */
export const attemptTimeout = 10_000;

/**
 * Sends one request without any credential of a source. The answer's body is not read: it may be
 * long, and it may repeat the address, which is a secret. No redirect is followed.
 */
export const post = async (
	request: TellRequest,
	{agents, userAgent}: {readonly agents: Agents; readonly userAgent: string},
	signal: AbortSignal,
): Promise<Sent> => {
	try {
		const status = await agents.withAgent(request.url, signal, (agent) =>
			requestOnce(request, {agent, userAgent}, signal),
		);
		return judge(status, request.url);
	} catch (error) {
		signal.throwIfAborted();
		if (error instanceof FailureError) {
			return {state: 'failed', reason: describeFailure(error.failure).what, mayPass: true};
		}

		throw error;
	}
};

const judge = (status: number, {host}: URL): Sent => {
	if (status >= 200 && status < 300) {
		return {state: 'sent'};
	}

	const reason =
		status >= 300 && status < 400
			? `${host} answered ${status}, a redirect, and none is followed`
			: `${host} answered ${status}`;
	return {state: 'failed', reason, mayPass: status >= 500 || status === 429 || status === 408};
};

const requestOnce = async (
	{method, url, headers = {}, body}: TellRequest,
	{
		agent,
		userAgent,
	}: {
		readonly agent: Parameters<Parameters<Agents['withAgent']>[2]>[0];
		readonly userAgent: string;
	},
	signal: AbortSignal,
): Promise<number> => {
	// Loaded only here: most runs tell nothing.
	const {default: got} = await import('got');
	const stream = got.stream(url, {
		method,
		...(body === undefined ? {} : {body}),
		agent: agent instanceof https.Agent ? {https: agent} : {http: agent},
		headers: {'user-agent': userAgent, ...headers},
		followRedirect: false,
		retry: {limit: 0},
		signal,
		throwHttpErrors: false,
		timeout: {request: attemptTimeout},
	});
	try {
		return await new Promise<number>((resolve, reject) => {
			stream.once('response', ({statusCode = 0}: IncomingMessage) => resolve(statusCode));
			stream.on('error', reject);
			stream.resume();
		});
	} catch (error) {
		throw failureOfNetwork(error, url.host, false);
	} finally {
		stream.destroy();
	}
};
