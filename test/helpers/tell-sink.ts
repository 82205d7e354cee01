import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {onTestFinished} from 'vitest';

export type SunkRequest = {
	readonly method: string | undefined;
	readonly url: string;
	readonly headers: IncomingMessage['headers'];
	readonly body: string;
};

/** A server that keeps all that it is told, and answers 200 unless `answer` does it. */
export type TellSink = {
	readonly origin: string;
	readonly requests: readonly SunkRequest[];
	answer: (response: ServerResponse, index: number) => void;
};

export const startTellSink = async (): Promise<TellSink> => {
	const requests: SunkRequest[] = [];
	const sink = {
		origin: '',
		requests,
		answer: (response: ServerResponse, _index: number): void => void response.end('ok'),
	};
	const server = createServer((request, response) => {
		let body = '';
		request.setEncoding('utf8').on('data', (part: string) => {
			body += part;
		});
		request.on('end', () => {
			const {method, url = '', headers} = request;
			requests.push({method, url, headers, body});
			sink.answer(response, requests.length - 1);
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	onTestFinished(() => {
		server.closeAllConnections();
		server.close();
	});
	sink.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	return sink;
};
