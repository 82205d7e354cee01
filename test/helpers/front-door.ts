import {execFile} from 'node:child_process';
import {rmSync, writeFileSync} from 'node:fs';
import {type AddressInfo, connect, type Socket} from 'node:net';
import {join} from 'node:path';
import {createServer} from 'node:tls';
import {promisify} from 'node:util';
import type {Sandbox} from '../../source/sandbox/start-sandbox.ts';

/** https in front of a sandbox, as a network can spoil it. */
export type FrontDoor = {
	/** How the program is told of it. */
	readonly environment: Readonly<Record<string, string>>;
	/** The door refuses every connection. */
	shut(): Promise<void>;
	open(): Promise<void>;
	/** No name leads anywhere, as on a computer that is offline. */
	loseNames(): void;
	findNames(): void;
	/** Shows a certificate of no known authority, as a proxy that inspects connections does. */
	showOther(): void;
	showOwn(): void;
};

type Certificate = {readonly key: string; readonly cert: string};

/** Runs in the program first: while the file is there, its name server says that there is no such name. */
const nameServer = (offline: string): string =>
	`--import data:text/javascript,${encodeURIComponent(`
		import dns from 'node:dns';
		import {existsSync} from 'node:fs';
		const {lookup} = dns;
		dns.lookup = (name, options, done) =>
			existsSync(${JSON.stringify(offline)})
				? process.nextTick(done, Object.assign(new Error(name), {code: 'ENOTFOUND'}))
				: lookup(name, options, done);
	`)}`;

/** Asynchronous: the sandbox answers in this process. */
const makeCertificate = async (): Promise<Certificate> => {
	const {stdout} = await promisify(execFile)('openssl', [
		...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', '-'],
		...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'],
	]);
	const [key = '', cert = ''] = stdout.split(/(?=-----BEGIN CERT)/);
	return {key, cert};
};

/** `folder` holds the certificate that the program trusts. */
export const openFrontDoor = async (sandbox: Sandbox, folder: string): Promise<FrontDoor> => {
	const [own, other] = await Promise.all([makeCertificate(), makeCertificate()]);
	const sockets = new Set<Socket>();
	const server = createServer(own, (socket) => {
		const inner = connect(Number(new URL(sandbox.origin).port), '127.0.0.1');
		for (const [end, other] of [
			[socket, inner],
			[inner, socket],
		] as const) {
			sockets.add(end);
			end.on('error', () => other.destroy());
			end.on('close', () => sockets.delete(end));
		}
		socket.pipe(inner).pipe(socket);
	});
	// A client that does not trust the certificate hangs up in the middle.
	server.on('tlsClientError', () => {});
	const listen = (port: number): Promise<void> =>
		new Promise((resolve) => server.listen(port, 'localhost', resolve));
	await listen(0);
	const {port} = server.address() as AddressInfo;
	const origin = `https://localhost:${port}`;
	// Else the clone links would lead past the door.
	const inner = new RegExp(`http://(\\w+@)?${new URL(sandbox.origin).host}`, 'g');
	sandbox.transformPages((page) => JSON.parse(JSON.stringify(page).replaceAll(inner, origin)));
	const hangUp = (): void => {
		for (const socket of sockets) {
			socket.destroy();
		}
	};

	const trusted = join(folder, 'trusted.pem');
	writeFileSync(trusted, own.cert);
	const offline = join(folder, 'offline');
	return {
		environment: {
			CISTERN_API_URL: `${origin}/2.0`,
			NODE_EXTRA_CA_CERTS: trusted,
			NODE_OPTIONS: nameServer(offline),
		},
		shut: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				hangUp();
			}),
		open: () => listen(port),
		loseNames: () => {
			writeFileSync(offline, '');
			hangUp();
		},
		findNames: () => rmSync(offline),
		showOther: () => {
			server.setSecureContext(other);
			hangUp();
		},
		showOwn: () => {
			server.setSecureContext(own);
			hangUp();
		},
	};
};
