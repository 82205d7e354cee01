import http, {type IncomingMessage} from 'node:http';
import https from 'node:https';
import {FailureError} from '../../domain/failure/failure.ts';
import {transferLimits} from '../git/environment.ts';
import type {Agents} from './agents.ts';
import {failureOfNetwork} from './failures.ts';

export const fileLimits = {
	/** Milliseconds without a byte. */
	idle: 60_000,
	/** Bytes a second that a file must keep, and seconds that it may trickle below. */
	minSpeed: transferLimits.minSpeed,
	maxTrickle: transferLimits.maxTrickle,
};

export type FileLimits = Readonly<typeof fileLimits>;

type FileRequest<Given> = {
	readonly url: URL;
	readonly agents: Agents;
	readonly headers: Readonly<Record<string, string>>;
	/** A POST with this body; undefined for a GET. */
	readonly body?: string;
	readonly signal: AbortSignal;
	readonly limits: FileLimits;
	/** Reads the answer to its end. The connection is closed if it does not. */
	readonly read: (response: IncomingMessage) => Promise<Given>;
};

/**
 * One request for a file, or about files. Uses node:http and not got, which takes twice the memory for
 * many small files. Its errors hold none of its headers.
 */
export const requestFile = <Given>(asked: FileRequest<Given>): Promise<Given> =>
	asked.agents.withAgent(asked.url, asked.signal, async (agent) => {
		const {url, headers, body, signal, limits, read} = asked;
		signal.throwIfAborted();
		const sent = (url.protocol === 'https:' ? https : http).request(url, {
			agent,
			method: body === undefined ? 'GET' : 'POST',
			headers: {...headers, 'accept-encoding': 'identity'},
			timeout: limits.idle,
		});
		let arrived: IncomingMessage | undefined;
		const expire = (): void => {
			const detail = url.host;
			const error = new FailureError({kind: 'network', problem: 'timeout', detail});
			// After its response has begun, a request drops errors; the response passes them on.
			(arrived ?? sent).destroy(error);
		};
		let before = 0;
		const watch = setInterval(() => {
			const now = sent.socket?.bytesRead ?? 0;
			if (now - before < limits.minSpeed * limits.maxTrickle) {
				expire();
			}

			before = now;
		}, limits.maxTrickle * 1000);
		signal.addEventListener('abort', expire);

		try {
			return await new Promise<Given>((resolve, reject) => {
				sent.on('response', (response) => {
					arrived = response;
					read(response)
						.finally(() => response.readableEnded || response.destroy())
						.then(resolve, reject);
				});
				sent.on('error', reject);
				sent.on('timeout', expire);
				sent.end(body);
			});
		} catch (error) {
			signal.throwIfAborted();
			throw error instanceof FailureError
				? error
				: failureOfNetwork(error, url.host, arrived !== undefined);
		} finally {
			signal.removeEventListener('abort', expire);
			clearInterval(watch);
		}
	});
