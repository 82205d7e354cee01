import {writeFileSync} from 'node:fs';
import {beforeEach, describe, expect, it} from 'vitest';
import {ann, canaryToken} from '../helpers/backup.ts';
import {type Home, makeHome} from '../helpers/program.ts';
import {runHere} from '../helpers/program-here.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

const lesserToken = 'ATATT3xFfGF0canary-that-reads-repositories-alone';

const utf8 = {LANG: 'C.UTF-8'};

describe('cistern check', () => {
	let home: Home;

	/** Four sources of one workspace: with a good token, a lesser one, a bad one, and nobody there. */
	beforeEach(async () => {
		await acme.add('api');
		const account = acme.sandbox.addAccount(ann);
		const scopes = ['read:repository:bitbucket'];
		acme.sandbox.addApiToken({account, token: lesserToken, scopes});
		home = makeHome(acme.sandbox);
		const source = (title: string, token: string, apiUrl = acme.sandbox.apiUrl): string =>
			[
				`  - {title: ${title}, hoster: bitbucket, type: org, name: acme, authName: ann`,
				`apiAuthName: ${ann.email}, password: '${token}', apiUrl: '${apiUrl}'}`,
			].join(', ');
		const sources = [
			source('good', canaryToken),
			source('lesser', lesserToken),
			source('refused', 'ATATT3xFfGF0canary-mistyped'),
			source('silent', canaryToken, 'http://127.0.0.1:9/2.0'),
		];
		writeFileSync(home.settings, `localFolder: ${home.backup}\nsources:\n${sources.join('\n')}\n`);
	});

	it('shows what is held and seen, line by line, and ends with 0 if all is good', async () => {
		const {exitCode, stdout} = await runHere(home, ['check', '--source', 'good'], utf8);
		expect(stdout.replaceAll(/ {2,}/g, '  ').split('\n')).toEqual([
			'  ✔ Sign-in to the API  Ann Example, as ann@example.com',
			'  ✔ Workspace  acme: 1 repository visible, 1 of them private',
			'  ✔ read:repository  held',
			'  ✔ read:workspace  held',
			'  ✔ read:user  held',
			'  ✔ Sign-in to git  as ann, tried on acme/api',
			'  ✔ LFS files  saved too, with the same sign-in; size not known yet',
			'  ✔ Pull requests  not saved: that takes read:pullrequest and "metadata: true"',
			'good: everything is as it should be',
			'',
		]);
		expect(exitCode).toBe(0);
	});

	it('ends with 3 if a useful scope is missing, or a source cannot be reached', async () => {
		const lesser = await runHere(home, ['check', '--source', 'lesser']);
		expect(lesser.stdout).toMatch(/! read:workspace +missing\n +Backups work without it/);
		expect(lesser.stdout).toContain('lesser: it works, but something useful is missing\n');
		const silent = await runHere(home, ['check', '--source', 'silent'], utf8);
		expect(silent.stdout).toMatch(/✖ Sign-in to the API +the connection was refused/);
		expect([lesser.exitCode, silent.exitCode]).toEqual([3, 3]);
	});

	it('checks every source, one object each in JSON, and ends with 12 if one is refused', async () => {
		const {exitCode, stdout, stderr} = await runHere(home, ['check', '--json']);
		const reports = stdout
			.trimEnd()
			.split('\n')
			.map((line) => JSON.parse(line));
		expect(reports).toMatchObject([
			{v: 1, type: 'access', source: 'good', workspace: 'acme', verdict: 'good', suspects: []},
			{source: 'lesser', verdict: 'limited', suspects: ['token']},
			{source: 'refused', verdict: 'refused', suspects: ['token', 'apiAuthName']},
			{source: 'silent', verdict: 'unreachable', suspects: []},
		]);
		expect(reports[1].lines).toContainEqual({
			id: 'read:user:bitbucket',
			label: 'read:user',
			state: 'attention',
			text: 'missing',
			consequence: expect.stringContaining('your user name'),
		});
		expect(exitCode).toBe(12);
		expect(stdout + stderr).not.toContain('canary');
	});
});
