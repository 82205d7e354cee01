import http from 'node:http';
import https from 'node:https';
import {FailureError} from '../../domain/failure/failure.ts';
import {describeFailure} from '../../domain/failure/failure-table.ts';
import type {Sent} from '../../ports/telling.ts';
import type {Agent, Agents} from '../bitbucket/agents.ts';
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

/** Uses node:http and not got: got's first body loads one more HTTP client, which takes longer than the message. */
const requestOnce = async (
	{method, url, headers = {}, body}: TellRequest,
	{agent, userAgent}: {readonly agent: Agent; readonly userAgent: string},
	signal: AbortSignal,
): Promise<number> => {
	const limit = AbortSignal.timeout(attemptTimeout);
	let sent: http.ClientRequest | undefined;
	try {
		return await new Promise<number>((resolve, reject) => {
			sent = (url.protocol === 'https:' ? https : http).request(url, {
				method,
				agent,
				headers: {'user-agent': userAgent, ...headers},
				signal: AbortSignal.any([signal, limit]),
			});
			sent.on('response', ({statusCode = 0}) => resolve(statusCode));
			sent.on('error', reject);
			sent.end(body);
		});
	} catch (error) {
		if (limit.aborted) {
			const detail = url.host;
			throw new FailureError({kind: 'network', problem: 'timeout', detail});
		}

		throw failureOfNetwork(error, url.host, false);
	} finally {
		sent?.destroy();
	}
};
