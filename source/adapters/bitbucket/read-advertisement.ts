import http, {type IncomingMessage} from 'node:http';
import https from 'node:https';
import {type Failure, FailureError} from '../../domain/failure/failure.ts';
import type {Advertisement} from '../../domain/plan/repository.ts';
import {
	type AdvertisementLimits,
	advertisementLimits,
	bitbucketTrouble,
	createAdvertisementReader,
} from './advertisement-reader.ts';
import type {Agent} from './agents.ts';
import {type Answer, failureOfAnswer} from './answer-failure.ts';
import {failureOfNetwork} from './network-failure.ts';
import {onAbort} from './on-abort.ts';
import {followRedirects} from './redirects.ts';
import type {Client} from './request-api.ts';

export type GitLimits = AdvertisementLimits & {
	/** Milliseconds without a byte, from the moment a connection is wanted. */
	readonly idle: number;
	/** Milliseconds for the whole request. */
	readonly total: number;
};

export const gitLimits: GitLimits = {...advertisementLimits, idle: 60_000, total: 600_000};

const contentType = 'application/x-git-upload-pack-advertisement';

/** Enough of an error's body to know it by. */
const errorLength = 8 * 1024;

/**
 * Branches, tags and HEAD of the repository at `url` (already checked) with one request, read as
 * it comes. Straight over node:http, as there is one such request for every repository of a run.
 */
export const readAdvertisement = async (
	url: string,
	client: Client,
	signal: AbortSignal,
	limits: GitLimits = gitLimits,
): Promise<Advertisement> => {
	const first = new URL(`${url}/info/refs?service=git-upload-pack`);
	const answer = await followRedirects(first, (address) =>
		client.agents.withAgent(address, signal, (agent) =>
			readOnce({url: address, agent}, client, signal, limits),
		),
	);
	if (answer.advertisement === undefined) {
		throw new FailureError(failureOfOther(answer));
	}

	return answer.advertisement;
};

type Way = {readonly url: URL; readonly agent: Agent};

type GitAnswer = Answer & {readonly advertisement: Advertisement | undefined};

/** One exchange, held to its time limits, with errors that say nothing of the request. */
const readOnce = async (
	way: Way,
	client: Client,
	signal: AbortSignal,
	limits: GitLimits,
): Promise<GitAnswer> => {
	signal.throwIfAborted();
	const exchange = openExchange(way, client, limits);
	const deadline = setTimeout(exchange.expire, limits.total);
	// Node's own way, the option `signal`, takes several times as long as all of this.
	const forget = onAbort(signal, exchange.expire);
	try {
		return await exchange.answer;
	} catch (error) {
		signal.throwIfAborted();
		throw error instanceof FailureError
			? error
			: failureOfNetwork(error, way.url.host, exchange.hasBegun());
	} finally {
		forget();
		clearTimeout(deadline);
	}
};

type Exchange = {
	readonly answer: Promise<GitAnswer>;
	/** Has something of the answer arrived? */
	hasBegun(): boolean;
	/** Ends it as one that took too long. */
	expire(): void;
};

const openExchange = ({url, agent}: Way, client: Client, limits: GitLimits): Exchange => {
	const isSecure = url.protocol === 'https:';
	const request = (isSecure ? https : http).request(url, {
		agent,
		headers: headersFor(url, client),
		timeout: limits.idle,
	});
	let arrived: IncomingMessage | undefined;
	const expire = (): void => {
		const detail = `no answer in time, ${url.host}`;
		const error = new FailureError({kind: 'network', problem: 'timeout', detail});
		// A request that has its response drops errors; the response hands them on.
		(arrived ?? request).destroy(error);
	};

	const answer = new Promise<GitAnswer>((resolve, reject) => {
		request.on('response', (response) => {
			arrived = response;
			readAnswer(response, limits).then(resolve, reject);
		});
		request.on('error', reject);
	});
	request.on('timeout', expire);
	request.end();
	return {answer, hasBegun: () => arrived !== undefined, expire};
};

/** As a list, which Node sends as it is instead of looking at each name again and again. */
const headersFor = ({host}: URL, {userAgent, authorization}: Client): readonly string[] => {
	const header = authorization();
	const plain = ['host', host, 'accept', '*/*', 'accept-encoding', 'identity'];
	const own = ['user-agent', userAgent];
	return [...plain, ...own, ...(header === undefined ? [] : ['authorization', header])];
};

const readAnswer = (response: IncomingMessage, limits: GitLimits): Promise<GitAnswer> => {
	const {statusCode: status = 0, headers} = response;
	const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
	const encoding = headers['content-encoding'] ?? 'identity';
	const isAdvertisement = status === 200 && type === contentType && encoding === 'identity';
	const head = {status, headers, text: '', advertisement: undefined};
	return isAdvertisement ? readRefs(response, head, limits) : readBeginning(response, head);
};

/** By events: to iterate over so short a stream costs more than to read what is in it. */
const readRefs = (
	response: IncomingMessage,
	head: GitAnswer,
	limits: GitLimits,
): Promise<GitAnswer> => {
	const reader = createAdvertisementReader(limits);
	return new Promise((resolve, reject) => {
		const orRefuse = (act: () => void): void => {
			try {
				act();
			} catch (error) {
				reject(error);
				response.destroy();
			}
		};

		response.on('error', reject);
		response.on('data', (chunk: Buffer) => orRefuse(() => reader.push(chunk)));
		response.on('end', () => orRefuse(() => resolve({...head, advertisement: reader.finish()})));
	});
};

/** The start of a body; the rest, where there is one, is given up together with the connection. */
const readBeginning = async (response: IncomingMessage, head: GitAnswer): Promise<GitAnswer> => {
	const chunks: Uint8Array[] = [];
	let length = 0;
	for await (const chunk of response) {
		chunks.push(chunk);
		length += chunk.length;
		if (length >= errorLength) {
			break;
		}
	}

	return {...head, text: Buffer.concat(chunks).toString('utf8', 0, errorLength)};
};

const failureOfOther = (answer: Answer): Failure => {
	const {status, headers, text} = answer;
	if (status !== 200) {
		return failureOfAnswer(answer, 'git', Date.now());
	}

	if (bitbucketTrouble.test(text)) {
		return {kind: 'server-error', status, message: text};
	}

	const type = headers['content-type'] ?? 'of no type';
	const packed = headers['content-encoding'] === undefined ? '' : ', packed';
	return {
		kind: 'unexpected-answer',
		detail: `the answer is ${type}${packed}, not a plain advertisement of refs`,
	};
};
