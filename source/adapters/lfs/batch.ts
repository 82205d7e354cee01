import type {IncomingMessage} from 'node:http';
import * as v from 'valibot';
import {type Failure, FailureError} from '../../domain/failure/failure.ts';
import {cleanHeaders, decideLink, type LinkHeaders} from '../../domain/lfs/links.ts';
import type {LfsObject} from '../../domain/lfs/pointer.ts';
import {type Answer, failureOfAnswer} from '../bitbucket/failures.ts';
import {type Client, headersFor} from '../bitbucket/request-api.ts';
import {fileLimits, requestFile} from '../network/exchange.ts';
import {readText} from '../network/read-body.ts';
import {followRedirects, refusedAddress} from '../network/redirects.ts';

export const lfsLimits = {
	...fileLimits,
	/** The longest answer of the batch API, in bytes. */
	answer: 32 * 1024 * 1024,
};

export type LfsLimits = Readonly<typeof lfsLimits>;

/** The address that a file may be fetched from. */
export type Link = {
	readonly url: URL;
	readonly isOwn: boolean;
	readonly headers: LinkHeaders;
	/** Bytes, as the server says. A pointer may claim too many. */
	readonly size: number | undefined;
};

/** The batch API's answer about one file. */
export type Offer =
	| {readonly kind: 'link'; readonly link: Link}
	| {readonly kind: 'not-upstream'; readonly words: string}
	| {readonly kind: 'failed'; readonly failure: Failure};

/** Without a charset: servers have refused requests that named one. */
const mediaType = 'application/vnd.git-lfs+json';

const basic = 'basic';

/**
 * One request to the batch API for links to files (git-lfs, "docs/api/batch.md"). `url`: the clone
 * link. Gives an offer for each file. Throws the failure of a batch that was refused as a whole.
 */
export const askForLinks = async (
	url: string,
	objects: readonly LfsObject[],
	client: Client,
	signal: AbortSignal,
	limits: LfsLimits,
): Promise<ReadonlyMap<string, Offer>> => {
	const first = new URL(`${url}/info/lfs/objects/batch`);
	const headers = {...headersFor(client, mediaType), 'content-type': mediaType};
	const wanted = objects.map(({oid, size}) => ({oid, size}));
	const body = JSON.stringify({operation: 'download', transfers: [basic], objects: wanted});
	const answer = await followRedirects(first, async (address) => {
		const read = (response: IncomingMessage) => readAnswer(response, limits.answer);
		const {agents} = client;
		const given = await requestFile({url: address, agents, headers, body, signal, limits, read});
		if ([301, 302, 303].includes(given.status)) {
			const detail = `status ${given.status}, which would make another request of this one`;
			throw new FailureError({kind: 'unexpected-answer', detail});
		}

		return given;
	});
	if (answer.status !== 200) {
		throw new FailureError(failureOfBatch(answer));
	}

	const offers = readOffers(answer, first.origin);
	return new Map(objects.map(({oid}) => [oid, offers.get(oid) ?? noOffer]));
};

const readAnswer = async (response: IncomingMessage, limit: number): Promise<Answer> => {
	const text = await readText(response, limit);
	const {statusCode: status = 0, headers} = response;
	const encoding = headers['content-encoding'] ?? 'identity';
	if (encoding !== 'identity') {
		const detail = `the answer is packed (${encoding}), which was not asked for`;
		throw new FailureError({kind: 'unexpected-answer', detail});
	}

	return {status, headers, text};
};

/** Statuses above 500 that do not pass: no room left, and no bandwidth left. */
const lasting = new Set([507, 509]);

/** The failure behind a refused batch or file. Git just signed in, so it is not the credential. */
export const failureOfBatch = (answer: Answer): Failure => {
	const failure = failureOfAnswer(answer, 'git', Date.now());
	const mayPass =
		failure.kind === 'rate-limited' || (answer.status >= 500 && !lasting.has(answer.status));
	return mayPass ? failure : refused(answer.status, wordsOf(answer));
};

export const refused = (status: number, message: string): Failure => ({
	kind: 'lfs-refused',
	status,
	message,
});

const errorForm = v.object({message: v.string()});

/** The server's words: those of the API's JSON, or a plain text. */
const wordsOf = ({headers, text}: Answer): string => {
	if (/html/i.test(headers['content-type'] ?? '') || /^\s*</.test(text)) {
		return '';
	}

	const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), errorForm), text);
	return parsed.success ? parsed.output.message : text;
};

const noOffer: Offer = {
	kind: 'failed',
	failure: {kind: 'unexpected-answer', detail: 'the LFS server did not answer for this file'},
};

const answerForm = v.pipe(
	v.string(),
	v.parseJson(undefined, 'is not JSON'),
	v.object({
		transfer: v.nullish(v.literal(basic, 'wants another way of transfer')),
		objects: v.array(v.unknown(), 'has no list of files'),
	}),
);

const entryForm = v.object({
	oid: v.string(),
	size: v.fallback(v.optional(v.pipe(v.number(), v.minValue(0))), undefined),
	error: v.nullish(v.object({code: v.number(), message: v.fallback(v.string(), '')})),
	actions: v.nullish(
		v.object({
			download: v.nullish(
				v.object({href: v.string(), header: v.nullish(v.record(v.string(), v.unknown()), {})}),
			),
		}),
	),
});

/** The first entry counts if a file has two. Entries of another shape are passed over. */
const readOffers = ({text}: Answer, origin: string): ReadonlyMap<string, Offer> => {
	const answer = v.safeParse(answerForm, text);
	if (!answer.success) {
		const detail = `the answer of the LFS server ${answer.issues[0].message}`;
		throw new FailureError({kind: 'unexpected-answer', detail});
	}

	const offers = new Map<string, Offer>();
	for (const given of answer.output.objects) {
		const entry = v.safeParse(entryForm, given);
		if (entry.success && !offers.has(entry.output.oid)) {
			offers.set(entry.output.oid, readOffer(entry.output, origin));
		}
	}

	return offers;
};

const readOffer = (
	{size, error, actions}: v.InferOutput<typeof entryForm>,
	origin: string,
): Offer => {
	if (error?.code === 404 || error?.code === 410) {
		return {kind: 'not-upstream', words: error.message};
	}

	if (error !== undefined && error !== null) {
		return {kind: 'failed', failure: refused(error.code, error.message)};
	}

	const download = actions?.download;
	if (download === undefined || download === null) {
		return noOffer;
	}

	const decision = decideLink(download.href, origin);
	if (!decision.accepted) {
		return {kind: 'failed', failure: refusedAddress(download.href, decision.reason)};
	}

	const headers = cleanHeaders(download.header);
	return {kind: 'link', link: {url: new URL(decision.url), isOwn: decision.isOwn, headers, size}};
};
