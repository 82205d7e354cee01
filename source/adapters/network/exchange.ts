import http, {
	type ClientRequest,
	type IncomingMessage,
	type OutgoingHttpHeaders,
	type RequestOptions,
} from 'node:http';
import https from 'node:https';
import {FailureError} from '../../domain/failure/failure.ts';
import {transferLimits} from '../git/environment.ts';
import type {Agent, Agents} from './agents.ts';
import {failureOfNetwork} from './network-failure.ts';

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
		const sent = request(url, {
			agent,
			method: body === undefined ? 'GET' : 'POST',
			headers: {...headers, 'accept-encoding': 'identity'},
			timeout: idle,
		});
		let arrived: IncomingMessage | undefined;
		const expire = (): void => {
			// After its response has begun, a request drops errors; the response passes them on.
			(arrived ?? sent).destroy(silence(url));
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
			throw failureOf(error, url, signal, arrived !== undefined);
		} finally {
			signal.removeEventListener('abort', expire);
			clearTimeout(timer);
		}
	});

const request = (url: URL, options: RequestOptions): ClientRequest =>
	(url.protocol === 'https:' ? https : http).request(url, options);

const silence = ({host}: URL): FailureError =>
	new FailureError({kind: 'network', problem: 'timeout', detail: host});

const failureOf = (error: unknown, url: URL, signal: AbortSignal, hasBegun: boolean): unknown => {
	signal.throwIfAborted();
	return error instanceof FailureError ? error : failureOfNetwork(error, url.host, hasBegun);
};

export const fileLimits = {
	/** Milliseconds without a byte. */
	idle: 60_000,
	/** Bytes a second that a file must keep, and seconds that it may trickle below. */
	minSpeed: transferLimits.minSpeed,
	maxTrickle: transferLimits.maxTrickle,
};

export type FileLimits = Readonly<typeof fileLimits>;

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

type Sending = {
	readonly url: URL;
	readonly agent: Agent;
	readonly method: string;
	readonly headers: OutgoingHttpHeaders;
	readonly signal: AbortSignal;
	/** Milliseconds without a byte in either direction. */
	readonly maxSilence: number;
	/** Writes the body, and ends the request. */
	readonly send: (sent: ClientRequest) => void;
};

/** Sends all of a request, and gives the answer as soon as its head has come. `readInTime` reads it. */
export const openAnswer = async (sending: Sending): Promise<IncomingMessage> => {
	const {url, agent, method, headers, signal, maxSilence, send} = sending;
	signal.throwIfAborted();
	const sent = request(url, {
		agent,
		method,
		headers: {...headers, 'accept-encoding': 'identity'},
		signal,
		timeout: maxSilence,
	});
	sent.on('timeout', () => sent.destroy(silence(url)));
	try {
		return await new Promise<IncomingMessage>((resolve, reject) => {
			sent.on('response', (response) => {
				// From here on, `readInTime` looks at the time.
				sent.setTimeout(0);
				resolve(response);
			});
			// Stays: an error after the answer's head reaches the reader through the answer itself.
			sent.on('error', reject);
			send(sent);
		});
	} catch (error) {
		throw failureOf(error, url, signal, false);
	}
};

/**
 * The bytes of an answer as they come. A reader that is slow itself takes nothing from the server's
 * time. The connection ends if the reader stops before the end.
 */
export async function* readInTime(
	response: IncomingMessage,
	{url, signal, maxSilence}: Pick<Sending, 'url' | 'signal' | 'maxSilence'>,
): AsyncGenerator<Buffer, void, undefined> {
	const chunks: AsyncIterator<Buffer> = response[Symbol.asyncIterator]();
	try {
		for (;;) {
			const timer = setTimeout(() => response.destroy(silence(url)), maxSilence);
			const step = await chunks.next().finally(() => clearTimeout(timer));
			if (step.done === true) {
				return;
			}

			yield step.value;
		}
	} catch (error) {
		throw failureOf(error, url, signal, true);
	} finally {
		response.destroy();
	}
}
