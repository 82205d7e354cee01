import type {IncomingMessage} from 'node:http';
import {FailureError} from '../../domain/failure/failure.ts';
import type {Advertisement} from '../../domain/plan/repository.ts';
import {exchange} from '../network/exchange.ts';
import {readBeginning} from '../network/read-body.ts';
import {followRedirects} from '../network/redirects.ts';
import {
	advertisementLimits,
	bitbucketTrouble,
	createAdvertisementReader,
} from './advertisement-reader.ts';
import {type Answer, failureOfAnswer} from './failures.ts';
import {type Client, headersFor} from './request-api.ts';

export const gitLimits = {
	...advertisementLimits,
	/** Milliseconds without a byte, from the moment a connection is wanted. */
	idle: 60_000,
	/** Milliseconds for the whole request. */
	total: 600_000,
};

export type GitLimits = typeof gitLimits;

const contentType = 'application/x-git-upload-pack-advertisement';

/**
 * Branches, tags and HEAD of the repository at `url` (already checked) from one request, read as
 * the bytes come.
 */
export const readAdvertisement = async (
	url: string,
	client: Client,
	signal: AbortSignal,
	limits: GitLimits = gitLimits,
): Promise<Advertisement> => {
	const first = new URL(`${url}/info/refs?service=git-upload-pack`);
	const answer = await followRedirects(first, (address) =>
		exchange({
			url: address,
			agents: client.agents,
			headers: headersFor(client),
			signal,
			idle: limits.idle,
			watch: (_sent, expire) => setTimeout(expire, limits.total),
			read: (response) => readAnswer(response, limits),
		}),
	);
	if (answer.advertisement === undefined) {
		throw failureOfOther(answer, 'a plain advertisement of refs');
	}

	return answer.advertisement;
};

type GitAnswer = Answer & {readonly advertisement?: Advertisement};

/** Is it git's answer of this type, as plain bytes? */
export const isOfType = ({statusCode, headers}: IncomingMessage, wanted: string): boolean => {
	const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
	const encoding = headers['content-encoding'] ?? 'identity';
	return statusCode === 200 && type === wanted && encoding === 'identity';
};

const readAnswer = async (response: IncomingMessage, limits: GitLimits): Promise<GitAnswer> => {
	const {statusCode: status = 0, headers} = response;
	if (isOfType(response, contentType)) {
		const reader = createAdvertisementReader(limits);
		for await (const chunk of response) {
			reader.push(chunk);
		}

		return {status, headers, text: '', advertisement: reader.finish()};
	}

	return {status, headers, text: await readBeginning(response)};
};

/** The failure behind an answer of git's server that is not the one that was `wanted`. */
export const failureOfOther = (answer: Answer, wanted: string): FailureError => {
	const {status, headers, text} = answer;
	if (status !== 200) {
		return new FailureError(failureOfAnswer(answer, 'git', Date.now()));
	}

	if (bitbucketTrouble.test(text)) {
		return new FailureError({kind: 'server-error', status, message: text});
	}

	const type = headers['content-type'] ?? 'of no type';
	const packed = headers['content-encoding'] === undefined ? '' : ', packed';
	const detail = `the answer is ${type}${packed}, not ${wanted}`;
	return new FailureError({kind: 'unexpected-answer', detail});
};
