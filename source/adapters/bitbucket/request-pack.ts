import http, {type IncomingMessage} from 'node:http';
import https from 'node:https';
import {FailureError} from '../../domain/failure/failure.ts';
import {onlyGiven} from '../../domain/given.ts';
import type {Agent} from './agents.ts';
import {type Answer, failureOfNetwork} from './failures.ts';
import {failureOfOther, isOfType, readBeginning} from './read-advertisement.ts';
import type {Client} from './request-api.ts';

export type PackRequest = {
	/** pkt-lines of git's protocol, version 2 (gitprotocol-v2). */
	readonly body: string;
	readonly signal: AbortSignal;
	/** Milliseconds without a byte while one is waited for. */
	readonly maxSilence: number;
};

const contentType = 'application/x-git-upload-pack-result';

/**
 * Asks the repository at `url` (already checked) for objects, and gives the bytes of the answer as
 * they come. The connection ends when the reader stops before the end. Follows no redirect. Throws
 * `unexpected-answer` for an answer that is not git's.
 */
export const requestPack = async (
	url: string,
	client: Client,
	request: PackRequest,
): Promise<AsyncIterable<Buffer>> => {
	const {signal, maxSilence} = request;
	const address = new URL(`${url}/git-upload-pack`);
	const response = await client.agents.withAgent(address, signal, (agent) =>
		post(address, agent, client, request),
	);
	const body = readInTime(response, address.host, signal, maxSilence);
	if (isOfType(response, contentType)) {
		return body;
	}

	const {statusCode: status = 0, headers} = response;
	throw refuse({status, headers, text: await readBeginning(body)});
};

/** Sends the request, and gives the answer as soon as its head has come. */
const post = async (
	address: URL,
	agent: Agent,
	{userAgent, authorization}: Client,
	{body, signal, maxSilence}: PackRequest,
): Promise<IncomingMessage> => {
	signal.throwIfAborted();
	const request = (address.protocol === 'https:' ? https : http).request(address, {
		agent,
		method: 'POST',
		signal,
		headers: {
			accept: contentType,
			'accept-encoding': 'identity',
			'content-type': 'application/x-git-upload-pack-request',
			'content-length': Buffer.byteLength(body),
			'git-protocol': 'version=2',
			'user-agent': userAgent,
			...onlyGiven({authorization: authorization()}),
		},
	});
	const timer = setTimeout(() => request.destroy(silence(address.host)), maxSilence);
	try {
		return await new Promise<IncomingMessage>((resolve, reject) => {
			request.on('response', resolve);
			// Stays: an error after the answer's head reaches the reader through the answer itself.
			request.on('error', reject);
			request.end(body);
		});
	} catch (error) {
		throw failureOf(error, address.host, signal, false);
	} finally {
		clearTimeout(timer);
	}
};

/** A reader that is slow itself takes nothing from the server's time. */
export async function* readInTime(
	response: IncomingMessage,
	host: string,
	signal: AbortSignal,
	maxSilence: number,
): AsyncGenerator<Buffer, void, undefined> {
	const chunks: AsyncIterator<Buffer> = response[Symbol.asyncIterator]();
	try {
		for (;;) {
			const timer = setTimeout(() => response.destroy(silence(host)), maxSilence);
			const step = await chunks.next().finally(() => clearTimeout(timer));
			if (step.done === true) {
				return;
			}

			yield step.value;
		}
	} catch (error) {
		throw failureOf(error, host, signal, true);
	} finally {
		response.destroy();
	}
}

const silence = (host: string): FailureError =>
	new FailureError({kind: 'network', problem: 'timeout', detail: host});

const failureOf = (
	error: unknown,
	host: string,
	signal: AbortSignal,
	hasBegun: boolean,
): unknown => {
	signal.throwIfAborted();
	return error instanceof FailureError ? error : failureOfNetwork(error, host, hasBegun);
};

const refuse = (answer: Answer): FailureError => {
	const {status} = answer;
	if (status >= 300 && status < 400) {
		const reason = `a redirect is not followed, because it would get the token (${status})`;
		return new FailureError({kind: 'address-refused', address: '', reason});
	}

	return failureOfOther(answer, 'a pack');
};
