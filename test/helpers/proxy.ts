import {createServer} from 'node:http';
import {type AddressInfo, connect, type Socket} from 'node:net';
import {onTestFinished} from 'vitest';

export type CompanyProxy = {
	/** `http://ann:PASSWORD@127.0.0.1:PORT` */
	readonly url: string;
	/** Host and port of every tunnel that was asked for, and who asked. */
	readonly tunnels: readonly {readonly to: string; readonly userAgent: string | undefined}[];
};

export const proxyPassword = 'pr0xy-s3cret';

/**
 * A company's proxy on loopback: opens tunnels (CONNECT) for Ann, to loopback whatever the host is
 * called, as only it knows where that is. Everybody else gets 407.
 */
export const startProxy = async (): Promise<CompanyProxy> => {
	const tunnels: {to: string; userAgent: string | undefined}[] = [];
	const open = new Set<Socket>();
	const expected = `Basic ${Buffer.from(`ann:${proxyPassword}`).toString('base64')}`;
	const server = createServer((_, response) => response.writeHead(400).end());
	server.on('connect', ({url = '', headers}, socket: Socket) => {
		tunnels.push({to: url, userAgent: headers['user-agent']});
		if (headers['proxy-authorization'] !== expected) {
			const refusal = [
				'HTTP/1.1 407 Proxy Authentication Required',
				'Proxy-Authenticate: Basic realm="company"',
				'Content-Length: 0',
				'Connection: close',
			];
			socket.end(`${refusal.join('\r\n')}\r\n\r\n`);
			return;
		}

		const upstream = connect(Number(url.split(':').at(-1)), '127.0.0.1', () => {
			socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
			socket.pipe(upstream).pipe(socket);
		});
		for (const one of [socket, upstream]) {
			open.add(one);
			one.on('error', () => socket.destroy()).on('close', () => upstream.destroy());
		}
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	onTestFinished(() => {
		for (const socket of open) {
			socket.destroy();
		}

		server.close();
	});
	const {port} = server.address() as AddressInfo;
	return {url: `http://ann:${proxyPassword}@127.0.0.1:${port}`, tunnels};
};
