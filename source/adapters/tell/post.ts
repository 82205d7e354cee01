import {FailureError} from '../../domain/failure/failure.ts';
import {describeFailure} from '../../domain/failure/failure-table.ts';
import type {Sent} from '../../ports/telling.ts';
import type {Agents} from '../network/agents.ts';
import {exchange} from '../network/exchange.ts';

export type TellRequest = {
	readonly url: URL;
	readonly headers?: Readonly<Record<string, string>>;
	/** A POST with this body; left out for a GET. */
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
		const status = await exchange({
			...request,
			agents,
			headers: {'user-agent': userAgent, ...request.headers},
			signal,
			idle: attemptTimeout,
			watch: (_sent, expire) => setTimeout(expire, attemptTimeout),
			read: async ({statusCode = 0}) => statusCode,
		});
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
