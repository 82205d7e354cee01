import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {describe, expect, it, onTestFinished} from 'vitest';
import {canaryToken} from '../helpers/backup.ts';
import {mostMemory, watchMemory} from '../helpers/peak-memory.ts';
import {makeHome} from '../helpers/program.ts';
import {runHere} from '../helpers/program-here.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

/** Answers in place of the first page of a workspace's listing, and the words about each. */
const answers = {
	html: {
		answer: {
			kind: 'answer',
			status: 200,
			headers: {'content-type': 'text/html'},
			body: '<html>\u001b[2JPlease sign in</html>',
		},
		said: 'the answer made no sense: the answer is text/html, not JSON',
	},
	huge: {
		answer: {kind: 'flood', size: 2_000_000_000, start: '{"values":['},
		said: 'the answer was refused: the answer is longer than 33554432 bytes',
	},
	bomb: {
		answer: {
			kind: 'answer',
			status: 200,
			headers: {'content-type': 'application/json', 'content-encoding': 'gzip'},
			body: gzipSync(Buffer.alloc(64 * 1024 * 1024, ' ')),
		},
		said: 'the answer was refused: the answer is longer than 33554432 bytes',
	},
} as const;

/** By the name of the workspace that is answered so; these three are about `next`. */
const listings = ['away', 'loop', 'forever', ...Object.keys(answers)];

describe(`${listings.length} listings that mean harm`, () => {
	it('fail by themselves, nothing is gone, no request leaves for elsewhere, and the others are saved: exit 3', async () => {
		let visits = 0;
		const elsewhere = createServer((_, response) => response.end());
		elsewhere.on('connection', () => {
			visits += 1;
		});
		await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
		onTestFinished(() => void elsewhere.close());
		const away = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;

		const workspaces = [...listings, 'good'];
		for (const workspace of workspaces) {
			acme.sandbox.addWorkspace({slug: workspace});
			acme.sandbox.addRepository({workspace, slug: 'api'});
		}

		const home = makeHome(acme.sandbox);
		const sources = workspaces.map(
			(name) => `  - title: ${name}
    hoster: bitbucket
    type: org
    name: ${name}
    authName: ann
    apiAuthName: ann@example.com
    password: '${canaryToken}'
    apiUrl: ${acme.sandbox.apiUrl}
`,
		);
		writeFileSync(home.settings, `localFolder: ${home.backup}\nsources:\n${sources.join('')}`);
		expect((await runHere(home, ['--yes', '--source', 'away'])).exitCode).toBe(0);

		for (const [workspace, {answer}] of Object.entries(answers)) {
			acme.sandbox.addFault({match: {path: `/2.0/repositories/${workspace}`}, answer});
		}
		let page = 1;
		acme.sandbox.transformPages((given, workspace) => {
			const address = `${acme.sandbox.apiUrl}/repositories/${workspace}`;
			page += 1;
			switch (workspace) {
				case 'away':
					return {values: [], next: `${away}/2.0/repositories/away?page=2`};
				case 'loop':
					return {...given, next: `${address}?page=1`};
				case 'forever':
					return {...given, next: `${address}?page=1&again=${page}`};
				default:
					return given;
			}
		});
		const memory = watchMemory(home.folder);
		const {exitCode, stderr} = await home.run(['--yes'], memory.environment);

		expect(exitCode).toBe(3);
		expect(memory.readPeak()).toBeLessThan(mostMemory);
		const said = {
			away: `the address ${away} was refused: the next page is not at ${acme.sandbox.origin}`,
			loop: 'the list of repositories is not complete: the pages of the listing lead round',
			forever: 'the list of repositories is not complete: the pages of the listing lead round',
			...Object.fromEntries(Object.entries(answers).map(([name, row]) => [name, row.said])),
		};
		for (const [workspace, words] of Object.entries(said)) {
			expect(stderr, workspace).toContain(`${workspace}: FAILED, ${words}`);
		}
		expect(stderr).toContain('The only repository of good is saved as it is now.');
		expect(stderr).toContain('The only repository of forever that was listed is saved');
		expect(stderr).not.toContain('\u001b');
		expect(visits).toBe(0);
		expect(acme.sandbox.requests.length).toBeLessThan(60);
		const record = join(home.backup, 'away', 'away#api', 'cistern.json');
		expect(JSON.parse(readFileSync(record, 'utf8'))).not.toHaveProperty('goneSince');
		expect(existsSync(join(home.backup, 'good', 'good#api', 'repo', 'HEAD'))).toBe(true);
	});
});
