import type {ClientRequest, IncomingMessage, OutgoingHttpHeaders} from 'node:http';
import {type Agent, startRequest} from './agents.ts';
import {failureOfRequest, timedOut} from './network-failure.ts';

type Sending = {
	readonly url: URL;
	readonly agent: Agent;
	readonly method: string;
	readonly headers: OutgoingHttpHeaders;
	readonly signal: AbortSignal;
	/** Milliseconds without a byte in either direction, and for the head of the answer. */
	readonly maxSilence: number;
	/** Writes the body, and ends the request. */
	readonly write: (sent: ClientRequest) => void;
};

/** Gives the answer to a request as soon as its head has come. `readInTime` reads the rest. */
export const openAnswer = async (sending: Sending): Promise<IncomingMessage> => {
	const {url, agent, method, headers, signal, maxSilence, write} = sending;
	signal.throwIfAborted();
	const sent = startRequest(url, {
		agent,
		method,
		headers: {...headers, 'accept-encoding': 'identity'},
		signal,
		timeout: maxSilence,
	});
	const expire = (): void => void sent.destroy(timedOut(url));
	sent.on('timeout', expire);
	let timer: NodeJS.Timeout | undefined;
	/** A head that comes a byte at a time breaks no silence. */
	const limitHead = (): void => {
		timer = setTimeout(expire, maxSilence);
	};
	sent.on('finish', limitHead);
	try {
		return await new Promise<IncomingMessage>((resolve, reject) => {
			sent.on('response', (response) => {
				sent.setTimeout(0);
				resolve(response);
			});
			// Stays: an error after the answer's head reaches the reader through the answer itself.
			sent.on('error', reject);
			write(sent);
		});
	} catch (error) {
		throw failureOfRequest(error, url, signal, false);
	} finally {
		sent.off('finish', limitHead);
		clearTimeout(timer);
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
			const timer = setTimeout(() => response.destroy(timedOut(url)), maxSilence);
			const step = await chunks.next().finally(() => clearTimeout(timer));
			if (step.done === true) {
				return;
			}

			yield step.value;
		}
	} catch (error) {
		throw failureOfRequest(error, url, signal, true);
	} finally {
		response.destroy();
	}
}
