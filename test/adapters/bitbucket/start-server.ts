import http, {type IncomingMessage, type RequestListener, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {onTestFinished} from 'vitest';

export type Server = {
	/** `http://127.0.0.1:PORT`. */
	readonly origin: string;
	/** Every request so far, oldest first. */
	readonly requests: readonly IncomingMessage[];
	/** Connections that were opened so far. */
	connections(): number;
};

/** A server on loopback with the test's answers. It ends with the test. */
export const startServer = async (answer: RequestListener): Promise<Server> => {
	const requests: IncomingMessage[] = [];
	let connections = 0;
	const server = http.createServer((request, response) => {
		requests.push(request);
		answer(request, response);
	});
	server.on('connection', () => {
		connections += 1;
	});
	const {promise, resolve} = Promise.withResolvers<void>();
	server.listen(0, '127.0.0.1', resolve);
	await promise;
	onTestFinished(() => {
		server.closeAllConnections();
		server.close();
	});
	const {port} = server.address() as AddressInfo;
	return {origin: `http://127.0.0.1:${port}`, requests, connections: () => connections};
};

/** Answers with JSON. */
export const sendJson = (
	response: ServerResponse,
	value: unknown,
	status = 200,
	headers: Record<string, string> = {},
): void => {
	response.writeHead(status, {'content-type': 'application/json', ...headers});
	response.end(JSON.stringify(value));
};
