import type {ServerResponse} from 'node:http';
import {Readable} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import {setTimeout as sleep} from 'node:timers/promises';
import type {Answer} from './answers.ts';
import type {FaultAnswer} from './faults.ts';

const writeHead = (response: ServerResponse, {status, headers, body}: Answer): void => {
	const length =
		body instanceof Readable ? {} : {'content-length': String(Buffer.byteLength(body))};
	response.writeHead(status, {...headers, ...length});
};

const write = (response: ServerResponse, chunk: Buffer): Promise<void> =>
	new Promise((resolve, reject) => {
		response.write(chunk, (error) => (error ? reject(error) : resolve()));
	});

async function* chunksOf({body}: Answer): AsyncGenerator<Buffer> {
	if (body instanceof Readable) {
		yield* body;
	} else {
		yield Buffer.from(body);
	}
}

/** Only the head and `after` bytes of the body reach the client. */
const sendCutShort = async (
	response: ServerResponse,
	answer: Answer,
	after: number,
): Promise<void> => {
	response.flushHeaders();
	let left = after;
	for await (const chunk of chunksOf(answer)) {
		const piece = chunk.subarray(0, left);
		left -= piece.length;
		if (piece.length > 0) {
			await write(response, piece);
		}
		if (left === 0) {
			break;
		}
	}
	response.destroy();
};

const sendSlowly = async (
	response: ServerResponse,
	answer: Answer,
	{bytes, every}: {bytes: number; every: number},
	signal: AbortSignal,
): Promise<void> => {
	response.flushHeaders();
	for await (const chunk of chunksOf(answer)) {
		for (let start = 0; start < chunk.length; start += bytes) {
			await sleep(every, undefined, {signal});
			await write(response, chunk.subarray(start, start + bytes));
		}
	}
	response.end();
};

/** Sends an answer in the way that a fault asks for. Rejects when the client is gone. */
export const send = async (
	response: ServerResponse,
	answer: Answer,
	fault: FaultAnswer | undefined,
	signal: AbortSignal,
): Promise<void> => {
	writeHead(response, answer);
	if (fault?.kind === 'cut-short') {
		await sendCutShort(response, answer, fault.after);
	} else if (fault?.kind === 'trickle') {
		await sendSlowly(response, answer, fault, signal);
	} else if (answer.body instanceof Readable) {
		await pipeline(answer.body, response);
	} else {
		response.end(answer.body);
	}
};
