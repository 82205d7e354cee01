import {Readable} from 'node:stream';
import {type Answer, jsonAnswer, textAnswer} from './answer.ts';
import {rateLimited, rateLimitMessage} from './error-bodies.ts';
import type {FaultAnswer} from './faults.ts';
import {forkExecError} from './git-http.ts';

type RateLimit = Extract<FaultAnswer, {kind: 'rate-limit'}>;
type Flood = Extract<FaultAnswer, {kind: 'flood'}>;
type Given = Extract<FaultAnswer, {kind: 'answer'}>;

/** The variants of Bitbucket's 429 that were seen; most say nothing about when to come back. */
const rateLimit = ({tells, seconds = 1}: RateLimit): Answer => {
	switch (tells) {
		case 'nothing':
			return textAnswer(429, rateLimitMessage);
		case 'retry-after-seconds':
			return jsonAnswer(429, rateLimited, {'retry-after': String(seconds)});
		case 'retry-after-date': {
			const date = new Date(Date.now() + seconds * 1000).toUTCString();
			return jsonAnswer(429, rateLimited, {'retry-after': date});
		}
		case 'reset-seconds':
			return jsonAnswer(429, rateLimited, {
				'x-ratelimit-limit': '60, 60;w=3600',
				'x-ratelimit-remaining': '0',
				'x-ratelimit-reset': String(seconds),
			});
	}
};

const chunkSize = 64 * 1024;

function* fill({size, start = '', filler = 'x'}: Flood): Generator<Buffer> {
	const block = Buffer.from(filler.repeat(Math.ceil(chunkSize / filler.length)));
	let left = size;
	for (let next = Buffer.from(start); left > 0; next = block) {
		yield next.subarray(0, Math.min(next.length, left));
		left -= next.length;
	}
}

const flood = (answer: Flood): Answer => ({
	status: 200,
	headers: {'content-type': 'application/json; charset=utf-8', ...answer.headers},
	body: Readable.from(fill(answer), {objectMode: false}),
});

const given = ({status, headers = {}, body = ''}: Given): Answer =>
	typeof body === 'string' || Buffer.isBuffer(body)
		? textAnswer(status, body, headers)
		: jsonAnswer(status, body, headers);

/** The answer that a fault gives in place of the right one; undefined where the right one is used. */
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
