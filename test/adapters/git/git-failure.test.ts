import {describe, expect, it} from 'vitest';
import {failureOfGit} from '../../../source/adapters/git/git-failure.ts';
import type {Failure} from '../../../source/domain/failure/failure.ts';

const url = 'https://bitbucket.org/acme/api.git/';

const transfers: readonly (readonly [string, Partial<Failure>])[] = [
	[`fatal: Authentication failed for '${url}'`, {kind: 'credentials-refused', door: 'git'}],
	[
		`fatal: could not read Username for 'https://bitbucket.org': terminal prompts disabled`,
		{kind: 'credentials-refused', door: 'git'},
	],
	[
		`fatal: unable to access '${url}': The requested URL returned error: 403`,
		{kind: 'permission-missing', door: 'git'},
	],
	[`fatal: repository '${url}' not found`, {kind: 'not-found', door: 'git'}],
	[
		`fatal: unable to access '${url}': The requested URL returned error: 410`,
		{kind: 'gone', door: 'git'},
	],
	[
		`fatal: unable to access '${url}': The requested URL returned error: 429`,
		{kind: 'rate-limited'},
	],
	[
		'error: RPC failed; HTTP 503 curl 22 The requested URL returned error: 503\nfatal: expected flush after ref listing',
		{kind: 'server-error', status: 503, message: ''},
	],
	[
		`remote: Something went wrong\nfatal: unable to access '${url}': The requested URL returned error: 500`,
		{kind: 'server-error', status: 500, message: 'Something went wrong'},
	],
	[
		`fatal: unable to access '${url}': Could not resolve host: bitbucket.org`,
		{kind: 'network', problem: 'name-lookup'},
	],
	[
		`fatal: unable to access '${url}': Failed to connect to bitbucket.org port 443 after 3 ms: Couldn't connect to server`,
		{kind: 'network', problem: 'connection-refused'},
	],
	[
		`fatal: unable to access '${url}': server certificate verification failed. CAfile: none CRLfile: none`,
		{kind: 'network', problem: 'tls'},
	],
	[
		'error: RPC failed; curl 92 HTTP/2 stream 5 was not closed cleanly: CANCEL (err 8)\nfatal: early EOF',
		{kind: 'network', problem: 'cut-short'},
	],
	[
		'error: RPC failed; curl 56 Recv failure: Connection reset by peer',
		{kind: 'network', problem: 'connection-reset'},
	],
	[
		'error: RPC failed; curl 28 Operation too slow. Less than 1 bytes/sec transferred the last 60 seconds',
		{kind: 'network', problem: 'timeout'},
	],
	[
		"fatal: protocol error: unexpected 'Error running git: fork/exec /usr/bin/git-upload-pack: no such file or directory'",
		{kind: 'server-error', status: 200},
	],
	["fatal: transport 'ext' not allowed", {kind: 'address-refused'}],
	[
		'fatal: write error: No space left on device\nfatal: fetch-pack: invalid index-pack output',
		{kind: 'disk-full'},
	],
	['error: unable to create temporary file: Read-only file system', {kind: 'folder-unusable'}],
	['fatal: something nobody has seen before', {kind: 'git-failed'}],
];

describe("git's words about a transfer", () => {
	it.each(transfers)('%j', (stderr, failure) => {
		expect(failureOfGit(stderr, {mirror: '/m', isTransfer: true}).failure).toMatchObject(failure);
	});

	it('never bring an escape sequence along', () => {
		const {failure} = failureOfGit('fatal: \u001b[31mred\u202e', {mirror: '/m', isTransfer: true});
		expect(JSON.stringify(failure)).not.toMatch(/\\u001b\[|\u202e/);
	});
});

describe("git's words about a mirror", () => {
	it("concern the mirror, whatever the server's words would be", () => {
		const {failure} = failureOfGit("fatal: not a git repository: '.'", {mirror: '/m'});
		expect(failure).toMatchObject({kind: 'mirror-unusable', path: '/m'});
	});
});
