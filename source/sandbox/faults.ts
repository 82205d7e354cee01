import {Readable} from 'node:stream';
import {type Answer, jsonAnswer, rateLimited, rateLimitMessage, textAnswer} from './answers.ts';
import {forkExecError} from './git-http.ts';
import type {Service} from './model.ts';
import type {SandboxRequest} from './request-log.ts';

/** The requests that a fault is for. A field that is left out matches all. */
export type FaultMatch = {
	/** A text is the whole path. An expression is tried on path and query (`/page=2/`). */
	readonly path?: RegExp | string;
	readonly method?: string;
	readonly service?: Service;
	/** `workspace/slug` */
	readonly repository?: string;
};

/** Happens instead of, before or during a request's right answer. Times are in milliseconds. */
export type FaultAnswer =
	/** An object is sent as JSON, a text or bytes as plain text unless `headers` name another type. */
	| {
			readonly kind: 'answer';
			readonly status: number;
			readonly headers?: Readonly<Record<string, string>>;
			readonly body?: string | Buffer | object;
	  }
	/** A 429 that says in one of these ways when to come back. `seconds` is 1 by default. */
	| {
			readonly kind: 'rate-limit';
			readonly tells: 'retry-after-seconds' | 'retry-after-date' | 'reset-seconds' | 'nothing';
			readonly seconds?: number;
	  }
	| {readonly kind: 'redirect'; readonly to: string; readonly status?: number}
	/** The `fork/exec ... git-upload-pack` text instead of refs. */
	| {readonly kind: 'fork-exec-error'}
	/** `start`, then `filler` repeated until `size` bytes are sent. Infinity never ends. */
	| {
			readonly kind: 'flood';
			readonly size: number;
			readonly headers?: Readonly<Record<string, string>>;
			readonly start?: string;
			readonly filler?: string;
	  }
	/** A TCP reset before any answer. */
	| {readonly kind: 'reset'}
	/** The connection is closed properly, without a byte. */
	| {readonly kind: 'empty-reply'}
	/** Nothing is ever sent, and the connection stays open. */
	| {readonly kind: 'silence'}
	/** The right answer's head and `after` bytes of its body, then the connection breaks. */
	| {readonly kind: 'cut-short'; readonly after: number}
	/** The right answer, `bytes` at a time with a pause of `every` between. */
	| {readonly kind: 'trickle'; readonly bytes: number; readonly every: number}
	| {readonly kind: 'delay'; readonly duration: number}
	/** The right answer, with its body as `change` makes it. */
	| {readonly kind: 'changed'; readonly change: (body: Buffer) => Buffer}
	/** `run` changes the sandbox first; then comes the right answer. */
	| {readonly kind: 'meanwhile'; readonly run: () => void | Promise<void>};

type FaultOptions = {
	readonly match?: FaultMatch;
	/** The number of matching requests that are answered as usual first. */
	readonly after?: number;
	/** The number of requests that it strikes. Default: all. */
	readonly times?: number;
	readonly answer: FaultAnswer;
};

type Fault = {
	/** The number of requests that it has struck. */
	readonly hits: number;
	remove(): void;
};

const fits = (match: FaultMatch, request: SandboxRequest): boolean => {
	const {path, method, service, repository} = match;
	const url = request.query === '' ? request.path : `${request.path}?${request.query}`;
	return (
		(path === undefined || (typeof path === 'string' ? path === request.path : path.test(url))) &&
		(method === undefined || method === request.method) &&
		(service === undefined || service === request.service) &&
		(repository === undefined || repository === request.repository)
	);
};

type Armed = {readonly options: FaultOptions; seen: number; hits: number};

const strikes = (armed: Armed, request: SandboxRequest): boolean => {
	const {match = {}, after = 0, times = Number.POSITIVE_INFINITY} = armed.options;
	if (armed.hits >= times || !fits(match, request)) {
		return false;
	}
	armed.seen += 1;
	return armed.seen > after;
};

export const createFaults = () => {
	const all = new Set<Armed>();
	return {
		add: (options: FaultOptions): Fault => {
			const armed: Armed = {options, seen: 0, hits: 0};
			all.add(armed);
			return {
				get hits() {
					return armed.hits;
				},
				remove: () => {
					all.delete(armed);
				},
			};
		},
		clear: (): void => all.clear(),
		/** The answer of the fault that strikes this request. The fault added first wins. */
		strike: (request: SandboxRequest): FaultAnswer | undefined => {
			const armed = [...all].find((each) => strikes(each, request));
			if (armed === undefined) {
				return undefined;
			}
			armed.hits += 1;
			return armed.options.answer;
		},
	};
};

type AnswerOf<Kind extends FaultAnswer['kind']> = Extract<FaultAnswer, {kind: Kind}>;

/** The known variants of Bitbucket's 429. Most do not say when to come back. */
const rateLimit = ({tells, seconds = 1}: AnswerOf<'rate-limit'>): Answer => {
	switch (tells) {
		case 'nothing':
			return textAnswer(429, rateLimitMessage);
		case 'retry-after-seconds':
			return jsonAnswer({...rateLimited, headers: {'retry-after': String(seconds)}});
		case 'retry-after-date': {
			const date = new Date(Date.now() + seconds * 1000).toUTCString();
			return jsonAnswer({...rateLimited, headers: {'retry-after': date}});
		}
		case 'reset-seconds':
			return jsonAnswer({...rateLimited, headers: {'x-ratelimit-reset': String(seconds)}});
	}
};

const chunkSize = 64 * 1024;

function* fill({size, start = '', filler = 'x'}: AnswerOf<'flood'>): Generator<Buffer> {
	const block = Buffer.from(filler.repeat(Math.ceil(chunkSize / filler.length)));
	let left = size;
	for (let next = Buffer.from(start); left > 0; next = block) {
		yield next.subarray(0, Math.min(next.length, left));
		left -= next.length;
	}
}

const flood = (answer: AnswerOf<'flood'>): Answer => ({
	status: 200,
	headers: {'content-type': 'application/json; charset=utf-8', ...answer.headers},
	body: Readable.from(fill(answer), {objectMode: false}),
});

const given = ({status, headers = {}, body = ''}: AnswerOf<'answer'>): Answer =>
	typeof body === 'string' || Buffer.isBuffer(body)
		? textAnswer(status, body, headers)
		: jsonAnswer({status, body, headers});

/** The answer that a fault gives instead of the right one; undefined when the right one is used. */
export const answerInstead = (fault: FaultAnswer): Answer | undefined => {
	switch (fault.kind) {
		case 'answer':
			return given(fault);
		case 'rate-limit':
			return rateLimit(fault);
		case 'redirect':
			return textAnswer(fault.status ?? 302, '', {location: fault.to});
		case 'fork-exec-error':
			return forkExecError;
		case 'flood':
			return flood(fault);
		default:
			return undefined;
	}
};
