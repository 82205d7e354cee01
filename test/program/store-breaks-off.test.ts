import {appendFileSync, readFileSync, writeFileSync} from 'node:fs';
import {type AddressInfo, connect, createServer, type Socket} from 'node:net';
import {join, resolve} from 'node:path';
import {createSecureContext, TLSSocket} from 'node:tls';
import {describe, expect, it, onTestFinished} from 'vitest';
import {exitCodes} from '../../source/domain/failure/exit-code.ts';
import {openBucket, owner, printStore} from '../helpers/bucket.ts';
import {authorityFile} from '../helpers/company.ts';
import {makeHome} from '../helpers/program.ts';
import {canMount} from '../helpers/small-disk.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

const readFixture = (name: string): Buffer => readFileSync(resolve('test/fixtures/tls', name));

/** The store's name, for which the certificate was made. */
const host = 'bitbucket.test';

/**
 * TLS before a server on loopback. `onStep`: called before the upload of each step is passed on; such
 * an upload is the last thing that a repository needs.
 */
const startRelay = async (target: URL, onStep: () => void) => {
	const secured = {key: readFixture('server.key'), cert: readFixture('server.pem')};
	let context = createSecureContext(secured);
	const open = new Set<Socket>();
	let resetsNew = false;
	const server = createServer((raw) => {
		open.add(raw);
		raw.on('close', () => open.delete(raw));
		raw.on('error', () => {});
		if (resetsNew) {
			raw.resetAndDestroy();
			return;
		}

		const client = new TLSSocket(raw, {isServer: true, secureContext: context});
		const upstream = connect(Number(target.port), target.hostname);
		client.on('error', () => upstream.destroy());
		client.on('close', () => upstream.destroy());
		upstream.on('error', () => {});
		upstream.on('close', () => client.destroy());
		client.on('data', (piece: Buffer) => {
			if (/^PUT [^ ]*\.step/m.test(piece.toString('latin1'))) {
				onStep();
			}

			upstream.write(piece);
		});
		upstream.on('data', (piece: Buffer) => void client.write(piece));
	});
	await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
	const breakAll = (): void => {
		for (const socket of open) {
			socket.resetAndDestroy();
		}
	};
	const close = (): void => {
		server.close();
		breakAll();
	};
	onTestFinished(close);
	return {
		endpoint: `https://${host}:${(server.address() as AddressInfo).port}`,
		breakAll,
		close,
		breakForGood: (): void => {
			resetsNew = true;
			breakAll();
		},
		/** From now on, the relay shows a certificate that the program does not trust. */
		changeCertificate: (): void => {
			context = createSecureContext({...secured, cert: readFixture('stranger.pem')});
		},
	};
};

type Relay = Awaited<ReturnType<typeof startRelay>>;

const rows: readonly (readonly [
	what: string,
	strike: (relay: Relay, forgetName: () => void) => void,
	said: string,
])[] = [
	['resets every connection', ({breakForGood}) => breakForGood(), ': the connection was cut'],
	['refuses every connection', ({close}) => close(), ': the connection was refused'],
	[
		'is not found by its name any more',
		({breakAll}, forgetName) => {
			forgetName();
			breakAll();
		},
		' was not found by its name',
	],
	[
		'shows another certificate',
		({breakAll, changeCertificate}) => {
			changeCertificate();
			breakAll();
		},
		': no trusted connection could be made',
	],
];

/** Starts a command that finds the names in this file, in a mount namespace of its own. */
const withHosts = (hosts: string): readonly string[] => {
	const script = 'mount --bind "$0" /etc/hosts; exec "$@"';
	return ['unshare', '-rm', 'sh', '-c', script, hosts];
};

describe.skipIf(!canMount)('a store that breaks off between two repositories', () => {
	it.each(rows)(
		'and %s is named, nothing counts that no index names, and the next run saves all',
		{timeout: 120_000},
		async (_, strike, said) => {
			for (const slug of ['one', 'two', 'three', 'four', 'five']) {
				await acme.add(slug);
			}

			const s3 = await openBucket();
			const home = makeHome(acme.sandbox, {lfs: 'ignore'});
			const hosts = join(home.folder, 'hosts');
			writeFileSync(hosts, `127.0.0.1 localhost ${host}\n`);
			const forgetName = (): void => writeFileSync(hosts, '127.0.0.1 localhost\n');
			let steps = 0;
			let isBroken = false;
			const relay = await startRelay(new URL(s3.endpoint), () => {
				steps += 1;
				isBroken ||= steps === 3;
				if (isBroken) {
					strike(relay, forgetName);
				}
			});
			const settings = readFileSync(home.settings, 'utf8');
			appendFileSync(home.settings, printStore({...s3, endpoint: relay.endpoint}, owner));
			const words = ['--yes', '--stateless', '--store', 'offsite', '--concurrency', '1'];
			const environment = {NODE_EXTRA_CA_CERTS: authorityFile};
			const first = await home.run([...words, '--max-wait', '1s'], environment, withHosts(hosts));
			expect(first.exitCode, first.stderr).toBe(exitCodes.incomplete);
			expect(first.stderr).toContain(`the store offsite${said}`);
			expect(first.stderr).toMatch(/0 of 5 saved.*0 of 5 repositories of acme/s);
			expect(first.stderr).toContain(
				'2 repositories were sent, but the store got no index of them',
			);
			expect([...s3.bucket.contents().keys()].filter((key) => key.includes('/index/'))).toEqual([]);

			writeFileSync(home.settings, `${settings}${printStore(s3, owner)}`);
			const next = await home.run(words);
			expect(next.exitCode, next.stderr).toBe(exitCodes.done);
			expect(next.stderr).toContain('5 new');
			expect(s3.bucket.violations).toEqual([]);
		},
	);
});
