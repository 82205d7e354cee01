import type {ServerResponse} from 'node:http';
import {Readable} from 'node:stream';
import {pipeline} from 'node:stream/promises';
import {setTimeout as sleep} from 'node:timers/promises';
import type {Answer} from './answers.ts';
import type {FaultAnswer} from './faults.ts';

const write = (response: ServerResponse, chunk: Buffer): Promise<void> =>
	new Promise((resolve, reject) => {
		response.write(chunk, (error) => (error ? reject(error) : resolve()));
	});

/** Sends an answer in the way that a fault asks for. Rejects when the client is gone. */
export const send = async (
	response: ServerResponse,
	{status, headers, body}: Answer,
	fault: FaultAnswer | undefined,
	signal: AbortSignal,
): Promise<void> => {
	const isStream = body instanceof Readable;
	const length = isStream ? {} : {'content-length': String(Buffer.byteLength(body))};
	response.writeHead(status, {...headers, ...length});
	const chunks: AsyncIterable<Buffer> = isStream ? body : Readable.from([Buffer.from(body)]);
	if (fault?.kind === 'cut-short') {
		response.flushHeaders();
		let left = fault.after;
		for await (const chunk of chunks) {
			if (left > 0) {
				await write(response, chunk.subarray(0, left));
			}
			left -= chunk.length;
			if (left <= 0) {
				break;
			}
		}
		response.destroy();
	} else if (fault?.kind === 'trickle') {
		response.flushHeaders();
		for await (const chunk of chunks) {
			for (let start = 0; start < chunk.length; start += fault.bytes) {
				await sleep(fault.every, undefined, {signal});
				await write(response, chunk.subarray(start, start + fault.bytes));
			}
		}
		response.end();
	} else if (isStream) {
		await pipeline(body, response);
	} else {
		response.end(body);
	}
};
