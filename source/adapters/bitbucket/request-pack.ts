import {FailureError} from '../../domain/failure/failure.ts';
import type {PackRequest} from '../git/transfer/direct-fetch.ts';
import {openAnswer, readInTime} from '../network/open-answer.ts';
import {readBeginning} from '../network/read-body.ts';
import type {Answer} from './failures.ts';
import {failureOfOther, isOfType} from './read-advertisement.ts';
import {type Client, headersFor} from './request-api.ts';

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
	const {body, signal, maxSilence} = request;
	const address = new URL(`${url}/git-upload-pack`);
	const response = await client.agents.withAgent(address, signal, (agent) =>
		openAnswer({
			url: address,
			agent,
			method: 'POST',
			headers: {
				...headersFor(client, contentType),
				'content-type': 'application/x-git-upload-pack-request',
				'content-length': Buffer.byteLength(body),
				'git-protocol': 'version=2',
			},
			signal,
			maxSilence,
			write: (sent) => sent.end(body),
		}),
	);
	const bytes = readInTime(response, {url: address, signal, maxSilence});
	if (isOfType(response, contentType)) {
		return bytes;
	}

	const {statusCode: status = 0, headers} = response;
	throw refuse({status, headers, text: await readBeginning(bytes)});
};

const refuse = (answer: Answer): FailureError => {
	const {status} = answer;
	if (status >= 300 && status < 400) {
		const reason = `a redirect is not followed, because it would get the token (${status})`;
		return new FailureError({kind: 'address-refused', address: '', reason});
	}

	return failureOfOther(answer, 'a pack');
};
