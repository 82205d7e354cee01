import {describe, expect, it} from 'vitest';
import {connectBitbucket} from '../../../source/adapters/bitbucket/bitbucket.ts';
import {type Agents, makeAgents} from '../../../source/adapters/network/agents.ts';
import {chooseProxy} from '../../../source/adapters/network/proxy.ts';
import type {Sandbox} from '../../../source/sandbox/start-sandbox.ts';
import {makeSource} from '../../helpers/backup.ts';
import {authorityFile, startCompany} from '../../helpers/company.ts';

const never = new AbortController().signal;

const api = new URL('https://api.bitbucket.org/2.0/user');

const readUser = (sandbox: Sandbox, agents: Agents) =>
	connectBitbucket(makeSource(sandbox), {version: '1', agents}).readAccount(never);

describe('the proxy', () => {
	it.each([
		[{}, undefined],
		[{HTTPS_PROXY: 'http://p:1'}, 'http://p:1/'],
		[{https_proxy: 'http://low:1', HTTPS_PROXY: 'http://up:1'}, 'http://low:1/'],
		[{ALL_PROXY: 'p:3128'}, 'http://p:3128/'],
		[{HTTP_PROXY: 'http://p:1', http_proxy: 'http://p:1'}, undefined],
		[{HTTPS_PROXY: 'http://p:1', NO_PROXY: '*'}, undefined],
		[{HTTPS_PROXY: 'http://p:1', NO_PROXY: 'x.org, bitbucket.org'}, undefined],
		[{HTTPS_PROXY: 'http://p:1', no_proxy: '.bitbucket.org'}, undefined],
		[{HTTPS_PROXY: 'http://p:1', NO_PROXY: 'api.bitbucket.org:443'}, undefined],
		[{HTTPS_PROXY: 'http://p:1', NO_PROXY: 'api.bitbucket.org:8443'}, 'http://p:1/'],
		[{HTTPS_PROXY: 'http://p:1', NO_PROXY: 'bucket.org,notbitbucket.org'}, 'http://p:1/'],
	])('of %o is %s', (environment, proxy) => {
		expect(chooseProxy(api, environment, undefined)?.href).toBe(proxy);
	});

	it("comes from git's configuration if the environment names none", () => {
		expect(chooseProxy(api, {}, 'http://git:1')?.host).toBe('git:1');
		expect(chooseProxy(api, {HTTPS_PROXY: 'http://p:1'}, 'http://git:1')?.host).toBe('p:1');
		expect(chooseProxy(api, {NO_PROXY: 'bitbucket.org'}, 'http://git:1')).toBeUndefined();
	});

	it('is never used for a loopback address', () => {
		const local = ['https://localhost:1/', 'https://127.0.0.1:1/', 'https://[::1]:1/'];
		expect(
			local.map((url) => chooseProxy(new URL(url), {HTTPS_PROXY: 'http://p:1'}, undefined)),
		).toEqual([undefined, undefined, undefined]);
	});

	it('of an unsupported kind is refused, and its password is not named', () => {
		expect(() => chooseProxy(api, {HTTPS_PROXY: 'socks5://a:secret@p:1'}, undefined)).toThrow(
			expect.objectContaining({
				failure: {
					kind: 'network',
					problem: 'proxy-unsupported',
					detail: 'socks5',
				},
			}),
		);
	});
});

describe('connections', () => {
	it('through a proxy are kept open, and NO_PROXY avoids the proxy', async () => {
		const {sandbox, proxy} = await startCompany();
		const environment = {HTTPS_PROXY: proxy.url, SSL_CERT_FILE: authorityFile};
		const askGit = async () => undefined;
		const agents = makeAgents({environment, askGit});
		for (let count = 0; count < 3; count += 1) {
			expect(await readUser(sandbox, agents)).toMatchObject({userName: 'ann'});
		}

		// The first request did not trust the server, and then found the machine's other authorities.
		expect(proxy.tunnels).toHaveLength(2);
		const around = makeAgents({environment: {...environment, NO_PROXY: 'test'}, askGit});
		await expect(readUser(sandbox, around)).rejects.toMatchObject({
			failure: {kind: 'network', problem: 'name-lookup'},
		});
		expect(proxy.tunnels).toHaveLength(2);
	});
});
