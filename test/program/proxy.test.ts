import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {authorityFile, startCompany} from '../helpers/company.ts';
import {makeHome} from '../helpers/program.ts';
import {runHere} from '../helpers/program-here.ts';
import {proxyPassword} from '../helpers/proxy.ts';
import {commitFile} from '../helpers/upstream.ts';

/** Files below a folder in which a text stands. */
const searchFolder = (folder: string, text: string): readonly string[] =>
	readdirSync(folder, {recursive: true, withFileTypes: true})
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath, entry.name))
		.filter((path) => readFileSync(path, 'latin1').includes(text));

describe("behind a company's proxy and certificate authority", () => {
	it('API, refs and git work with HTTPS_PROXY and NODE_EXTRA_CA_CERTS, and with what git alone was told', async () => {
		const {sandbox, proxy} = await startCompany();
		const {path} = await sandbox.addRepository({workspace: 'acme', slug: 'api', isPrivate: true});
		await commitFile(path);
		// A server of the old protocol is left to git, which goes through the proxy by itself.
		sandbox.speakOldProtocol(true);
		const home = makeHome(sandbox);

		const byVariables = await home.run(['--yes'], {
			https_proxy: proxy.url,
			NODE_EXTRA_CA_CERTS: authorityFile,
		});
		expect(byVariables.stderr).toContain('acme/api: new');
		expect(byVariables.exitCode).toBe(0);
		const {host} = new URL(sandbox.origin);
		expect(new Set(proxy.tunnels.map(({to}) => to))).toEqual(new Set([host]));
		expect(proxy.tunnels.some(({userAgent}) => userAgent?.startsWith('git/2'))).toBe(true);
		expect(byVariables.stderr + byVariables.stdout).not.toContain(proxyPassword);
		expect(searchFolder(home.folder, proxyPassword)).toEqual([]);

		await commitFile(path);
		sandbox.speakOldProtocol(false);
		writeFileSync(
			join(home.folder, '.gitconfig'),
			`[http]\n\tproxy = ${proxy.url}\n\tsslCAInfo = ${authorityFile}\n`,
		);
		const byGit = await runHere(home, ['--yes']);
		expect(byGit.stderr).toContain('acme/api: ');
		expect(byGit.exitCode).toBe(0);
	});

	it('a proxy that refuses, one that is not there, one of another kind and a stranger in between are told apart', async () => {
		const {sandbox, proxy} = await startCompany();
		const home = makeHome(sandbox);
		const check = async (variables: Record<string, string>): Promise<string> => {
			const {exitCode, stdout, stderr} = await runHere(home, ['check'], variables);
			expect(exitCode).not.toBe(0);
			expect(stdout + stderr).not.toContain(proxyPassword);
			return (stdout + stderr).replaceAll(/\s+/g, ' ');
		};

		const wrong = proxy.url.replace('ann:', 'bob:');
		expect(await check({HTTPS_PROXY: wrong})).toContain('the proxy refused the connection (407');
		expect(await check({HTTPS_PROXY: `http://ann:${proxyPassword}@127.0.0.1:1`})).toContain(
			'the proxy could not be reached (ECONNREFUSED, proxy 127.0.0.1:1)',
		);
		expect(await check({HTTPS_PROXY: proxy.url})).toContain('no trusted connection could be made');
		expect(await check({ALL_PROXY: `socks5h://ann:${proxyPassword}@127.0.0.1:1`})).toContain(
			'Cistern cannot use a proxy of this kind (socks5h)',
		);
		expect(sandbox.requests).toEqual([]);

		const backup = await runHere(home, ['--yes'], {HTTPS_PROXY: wrong});
		expect(backup.exitCode).toBe(3);
		expect(backup.stderr).toContain('the proxy refused');
	});
});
