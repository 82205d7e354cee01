import {mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {join} from 'node:path';
import {describe, expect, it, onTestFinished} from 'vitest';
import {pktLine} from '../../source/sandbox/git-backend.ts';
import {canaryToken} from '../helpers/backup.ts';
import {makeHome} from '../helpers/program.ts';
import {commitFile} from '../helpers/upstream.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

/** The token as it may be written: plain, and within the Basic sign-in of API and git. */
const traces = [
	canaryToken,
	...['ann@example.com', 'ann', 'x-bitbucket-api-token-auth'].map((user) =>
		Buffer.from(`${user}:${canaryToken}`).toString('base64'),
	),
];

const findTraces = (text: string): readonly string[] =>
	traces.filter((trace) => text.includes(trace.replace(/=+$/, '')));

/** Files below a folder in which the token stands, by path. */
const searchFolder = (folder: string): readonly string[] =>
	readdirSync(folder, {recursive: true, withFileTypes: true})
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath, entry.name))
		.filter((path) => findTraces(readFileSync(path, 'latin1')).length > 0);

/** A git that writes down how it was called, and its parents, before it does its work. */
const spyOnGit = (folder: string): string => {
	const bin = join(folder, 'bin');
	mkdirSync(bin);
	const real = process.env['PATH'] ?? '';
	writeFileSync(
		join(bin, 'git'),
		`#!/bin/sh
printf '%s\\n' "$*" >> '${folder}/arguments'
cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' >> '${folder}/processes'
PATH='${real}' exec git "$@"
`,
		{mode: 0o755},
	);
	return `${bin}:${real}`;
};

/** Each variable that the program reads, and some that make Node or git talk. */
const talkative = (value: string): Record<string, string> => {
	const bundle = readdirSync('dist').map((name) => readFileSync(join('dist', name), 'utf8'));
	const read = bundle.join('').matchAll(/\benv\.([A-Z][A-Z_]+)/g);
	const names = new Set([...read].map(([, name = '']) => name));
	names.delete('HOME');
	names.delete('PATH');
	expect(names).toContain('DEBUG');
	expect(names).toContain('LOG_TOKENS');
	const all = [...names, 'NODE_DEBUG', 'NODE_DEBUG_NATIVE', 'GIT_TRACE', 'GIT_TRACE_CURL'];
	return {...Object.fromEntries(all.map((name) => [name, value])), GIT_TRACE_REDACT: '0'};
};

describe('the token', () => {
	it('stands in no file, argument, output or request to another host, whatever variable makes Node or a library talk', async () => {
		const elsewhere: string[] = [];
		const other = createServer((request, response) => {
			elsewhere.push(JSON.stringify(request.headers));
			response.end();
		});
		await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
		onTestFinished(() => void other.close());
		const otherOrigin = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;

		const {path} = await acme.add('api', {withWiki: true});
		await acme.add('evil', {cloneUrl: `${otherOrigin}/acme/evil.git`});
		await acme.add('moved');
		await acme.add('failing');
		acme.sandbox.addFault({
			match: {repository: 'acme/moved'},
			answer: {kind: 'redirect', to: `${otherOrigin}/acme/moved.git/info/refs`},
		});
		acme.sandbox.addFault({
			match: {repository: 'acme/failing', method: 'POST'},
			answer: {kind: 'answer', status: 403, body: 'no'},
		});
		// Says the token back in git's own way of bringing a server's words to the screen.
		await acme.add('echo');
		acme.sandbox.addFault({
			match: {repository: 'acme/echo', method: 'POST'},
			answer: {
				kind: 'answer',
				status: 200,
				headers: {'content-type': 'application/x-git-upload-pack-result'},
				body: pktLine(`ERR you sent ${traces.slice(0, 3).join(' and ')}`),
			},
		});
		const home = makeHome(acme.sandbox);
		const spied = {PATH: spyOnGit(home.folder)};

		const first = await home.run(['--yes', '--verbose'], {...talkative('*'), ...spied});
		await commitFile(path);
		const second = await home.run(['--yes', '--verbose', '--json'], {
			...talkative('true'),
			...spied,
		});

		expect(first.stderr).toContain('acme/api: new');
		expect(second.stdout).toContain('"acme/api"');
		expect(readFileSync(join(home.folder, 'arguments'), 'utf8')).toContain('fetch');
		expect(first.stderr).toContain('you sent [secret] and');
		expect(findTraces(first.stdout + first.stderr + second.stdout + second.stderr)).toEqual([]);
		expect(searchFolder(home.folder)).toEqual([home.settings]);
		expect(elsewhere.flatMap(findTraces)).toEqual([]);
		expect(acme.sandbox.requestsTo('git').some(({headers}) => headers['authorization'])).toBe(true);
	});
});
