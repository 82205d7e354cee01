import type {ClientRequest, IncomingMessage} from 'node:http';
import {type Agents, startRequest} from './agents.ts';
import {failureOfRequest, timedOut} from './network-failure.ts';
import {transferLimits} from './transfer-limits.ts';

export const fileLimits = {
	/** Milliseconds without a byte. */
	idle: 60_000,
	/** Bytes a second that a file must keep, and seconds that it may trickle below. */
	minSpeed: transferLimits.minSpeed,
	maxTrickle: transferLimits.maxTrickle,
};

export type FileLimits = Readonly<typeof fileLimits>;

type Exchange<Given> = {
	readonly url: URL;
	readonly agents: Agents;
	readonly headers: Readonly<Record<string, string>>;
	/** A POST with this body; undefined for a GET. */
	readonly body?: string;
	readonly signal: AbortSignal;
	/** Milliseconds without a byte, from the moment a connection is wanted. */
	readonly idle: number;
	/** Starts the timer that calls `expire` when all of it takes too long. */
	readonly watch: (sent: ClientRequest, expire: () => void) => NodeJS.Timeout;
	/** Reads the answer to its end. The connection is closed if it does not. */
	readonly read: (response: IncomingMessage) => Promise<Given>;
};

/**
 * One request and its answer, ended at their time limits. Uses node:http and not got, which takes
 * twice the memory for many small answers. Its errors hold none of its headers.
 */
export const exchange = <Given>(asked: Exchange<Given>): Promise<Given> =>
	asked.agents.withAgent(asked.url, asked.signal, async (agent) => {
		const {url, headers, body, signal, idle, watch, read} = asked;
		signal.throwIfAborted();
		const sent = startRequest(url, {
			agent,
			method: body === undefined ? 'GET' : 'POST',
			headers: {...headers, 'accept-encoding': 'identity'},
			timeout: idle,
		});
		let arrived: IncomingMessage | undefined;
		const expire = (): void => {
			// After its response has begun, a request drops errors; the response passes them on.
			(arrived ?? sent).destroy(timedOut(url));
		};
		const timer = watch(sent, expire);
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
			throw failureOfRequest(error, url, signal, arrived !== undefined);
		} finally {
			signal.removeEventListener('abort', expire);
			clearTimeout(timer);
		}
	});

type FileRequest<Given> = Omit<Exchange<Given>, 'idle' | 'watch'> & {readonly limits: FileLimits};

/** One request for a file, or about files. It may take as long as it likes while it keeps its speed. */
export const requestFile = <Given>({limits, ...asked}: FileRequest<Given>): Promise<Given> => {
	const {idle, minSpeed, maxTrickle} = limits;
	return exchange({
		...asked,
		idle,
		watch: (sent, expire) => {
			let before = 0;
			return setInterval(() => {
				const now = sent.socket?.bytesRead ?? 0;
				if (now - before < minSpeed * maxTrickle) {
					expire();
				}

				before = now;
			}, maxTrickle * 1000);
		},
	});
};
