import {describe, expect, it} from 'vitest';
import {failureOfGit} from '../../../source/adapters/git/git-failure.ts';
import type {Failure, NetworkProblem} from '../../../source/domain/failure/failure.ts';
import {isPassing} from '../../../source/domain/failure/failure-table.ts';

const url = 'https://bitbucket.org/acme/api.git/';

/** git's words on many systems when it cannot reach the server or loses the connection. */
const network: readonly (readonly [string, NetworkProblem, ...string[]])[] = [
	[
		'curl 6',
		'name-lookup',
		`fatal: unable to access '${url}': Could not resolve host: bitbucket.org`,
	],
	[
		'curl 5, 7 and 97, of a proxy',
		'proxy-unreachable',
		`fatal: unable to access '${url}': Could not resolve proxy: proxy.corp.example`,
		`fatal: unable to access '${url}': Failed to connect to proxy.corp.example port 3128: Connection refused`,
		`fatal: unable to access '${url}': Failed to connect to proxy.corp.example port 3128 after 3002 ms: Connection timed out`,
		`fatal: unable to access '${url}': Proxy CONNECT aborted`,
	],
	[
		'curl 56, of a proxy',
		'proxy-refused',
		`fatal: unable to access '${url}': Received HTTP code 407 from proxy after CONNECT`,
		`fatal: unable to access '${url}': CONNECT tunnel failed, response 403`,
	],
	[
		'curl 7',
		'connection-refused',
		`fatal: unable to access '${url}': Failed to connect to bitbucket.org port 443: Connection refused`,
		`fatal: unable to access '${url}': Failed to connect to bitbucket.org port 443 after 3 ms: Couldn't connect to server`,
	],
	[
		'curl 7, of the network',
		'unreachable',
		`fatal: unable to access '${url}': Failed to connect to bitbucket.org port 443: No route to host`,
		`fatal: unable to access '${url}': Failed to connect to 2401:1d80:: port 443: Network is unreachable`,
		`fatal: unable to access '${url}': Received HTTP code 502 from proxy after CONNECT`,
	],
	[
		'curl 28',
		'timeout',
		`fatal: unable to access '${url}': Failed to connect to bitbucket.org port 443: Connection timed out`,
		`fatal: unable to access '${url}': SSL connection timeout`,
		`fatal: unable to access '${url}': Operation timed out after 300027 milliseconds with 0 out of 0 bytes received`,
		'error: RPC failed; curl 28 Operation too slow. Less than 1 bytes/sec transferred the last 60 seconds\nfatal: the remote end hung up unexpectedly',
		'error: RPC failed; curl 56 LibreSSL SSL_read: error:02FFF03C:system library:func(4095):Operation timed out, errno 60',
	],
	[
		'curl 18, early EOF and hung up',
		'cut-short',
		'error: RPC failed; curl 18 transfer closed with outstanding read data remaining\nerror: 4355 bytes of body are still expected\nfetch-pack: unexpected disconnect while reading sideband packet\nfatal: early EOF\nfatal: fetch-pack: invalid index-pack output',
		'error: RPC failed; curl 92 HTTP/2 stream 5 was not closed cleanly: CANCEL (err 8)\nfatal: early EOF',
		'error: RPC failed; curl 56 GnuTLS recv error (-54): Error in the pull function.\nfetch-pack: unexpected disconnect while reading sideband packet\nfatal: early EOF',
		'fatal: the remote end hung up unexpectedly',
		'fatal: the remote end hung up upon initial contact',
	],
	[
		'curl 35, cut in the handshake',
		'connection-reset',
		`fatal: unable to access '${url}': gnutls_handshake() failed: The TLS connection was non-properly terminated.`,
		`fatal: unable to access '${url}': gnutls_handshake() failed: Error in the pull function.`,
		`fatal: unable to access '${url}': OpenSSL SSL_connect: SSL_ERROR_SYSCALL in connection to bitbucket.org:443`,
		`fatal: unable to access '${url}': OpenSSL SSL_connect: Connection was reset in connection to bitbucket.org:443`,
		`fatal: unable to access '${url}': LibreSSL SSL_connect: SSL_ERROR_SYSCALL in connection to bitbucket.org:443`,
		`fatal: unable to access '${url}': schannel: failed to receive handshake, SSL/TLS connection failed`,
		`fatal: unable to access '${url}': TLS connect error: error:00000000:lib(0)::reason(0)`,
	],
	[
		'curl 52',
		'connection-reset',
		`fatal: unable to access '${url}': Empty reply from server`,
		'error: RPC failed; curl 52 Empty reply from server',
	],
	[
		'curl 55',
		'connection-reset',
		'error: RPC failed; curl 55 Send failure: Connection was reset',
		'error: RPC failed; curl 55 Send failure: Broken pipe',
	],
	[
		'curl 56',
		'connection-reset',
		'error: RPC failed; curl 56 Recv failure: Connection reset by peer',
		`fatal: unable to access '${url}': GnuTLS recv error (-110): The TLS connection was non-properly terminated.`,
		'error: RPC failed; curl 56 GnuTLS recv error (-9): Error decoding the received TLS packet.',
		'error: RPC failed; curl 56 OpenSSL SSL_read: Connection reset by peer, errno 104',
		'error: RPC failed; curl 56 OpenSSL SSL_read: error:0A000126:SSL routines::unexpected eof while reading, errno 0',
		'error: RPC failed; curl 56 OpenSSL SSL_read: SSL_ERROR_SYSCALL, errno 10054',
		'error: RPC failed; curl 56 schannel: server closed abruptly (missing close_notify)',
	],
	[
		'curl 16 and 92',
		'connection-reset',
		'error: RPC failed; curl 16 Error in the HTTP2 framing layer',
		'error: RPC failed; curl 92 HTTP/2 stream 0 was not closed cleanly: INTERNAL_ERROR (err 2)',
	],
	[
		'curl 60 and 77',
		'tls',
		`fatal: unable to access '${url}': server certificate verification failed. CAfile: none CRLfile: none`,
		`fatal: unable to access '${url}': SSL certificate problem: unable to get local issuer certificate`,
		`fatal: unable to access '${url}': SSL certificate problem: self-signed certificate in certificate chain`,
		`fatal: unable to access '${url}': SSL: no alternative certificate subject name matches target host name 'bitbucket.org'`,
		`fatal: unable to access '${url}': schannel: next InitializeSecurityContext failed: SEC_E_UNTRUSTED_ROOT (0x80090325)`,
		`fatal: unable to access '${url}': error setting certificate file: /home/ann/company.pem`,
		`fatal: unable to access '${url}': gnutls_handshake() failed: A TLS fatal alert has been received.`,
		`fatal: unable to access '${url}': error:0A00010B:SSL routines::wrong version number`,
	],
];

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
		"fatal: protocol error: unexpected 'Error running git: fork/exec /usr/bin/git-upload-pack: no such file or directory'",
		{kind: 'server-error', status: 200},
	],
	[
		`fatal: unable to access '${url}': The requested URL returned error: 302`,
		{kind: 'address-refused', address: ''},
	],
	[
		`fatal: unable to access '${url}': The requested URL returned error: 555`,
		{kind: 'server-timeout'},
	],
	["fatal: transport 'ext' not allowed", {kind: 'address-refused'}],
	[
		'fatal: write error: No space left on device\nfatal: fetch-pack: invalid index-pack output',
		{kind: 'disk-full'},
	],
	[
		"fatal: sha1 file 'objects/pack/tmp_idx_A1lHCi' write error. Out of diskspace\nfatal: fetch-pack: invalid index-pack output",
		{kind: 'disk-full'},
	],
	['error: unable to create temporary file: Read-only file system', {kind: 'folder-unusable'}],
	[
		"error: failed to write new configuration file /m/config.lock\nfatal: could not set 'core.repositoryformatversion' to '0'",
		{kind: 'disk-full'},
	],
	[
		"fatal: prepare: cannot update ref 'refs/heads/main': couldn't write '/m/./refs/heads/main.lock'",
		{kind: 'disk-full'},
	],
	[
		"fatal: unable to open '/m/objects/pack/p.pack': Too many open files",
		{kind: 'computer-limit', lacks: 'files'},
	],
	[
		'error: cannot fork() for index-pack: Resource temporarily unavailable\nfatal: fetch-pack: unable to fork off index-pack',
		{kind: 'computer-limit', lacks: 'processes'},
	],
	[
		`fatal: unable to access '${url}': getaddrinfo() thread failed to start`,
		{kind: 'computer-limit', lacks: 'processes'},
	],
	[
		'fatal: unable to create thread: Resource temporarily unavailable\nfatal: fetch-pack: invalid index-pack output',
		{kind: 'computer-limit', lacks: 'processes'},
	],
	[
		'error: cannot fork() for index-pack: Cannot allocate memory',
		{kind: 'computer-limit', lacks: 'memory'},
	],
	['fatal: Out of memory, malloc failed (tried to allocate 104857600 bytes)', {kind: 'git-failed'}],
	['remote: error: cannot fork() for pack: Cannot allocate memory', {kind: 'git-failed'}],
	[
		'fatal: remote-curl: bad line length character: <htm\nfatal: expected flush after ref listing',
		{kind: 'unexpected-answer'},
	],
	["fatal: protocol error: unexpected 'x'", {kind: 'unexpected-answer'}],
	[
		'remote: fatal: bad tree object 11\nremote: aborting due to possible repository corruption on the remote side.\nfatal: protocol error: bad pack header',
		{kind: 'upstream-damaged', detail: expect.stringContaining('bad tree object 11')},
	],
	[
		'remote: fatal: unable to read 11\nremote: aborting due to possible repository corruption on the remote side. \0\nfatal: early EOF\nfatal: fetch-pack: invalid index-pack output',
		{kind: 'upstream-damaged', refs: []},
	],
	[
		'error: git upload-pack: git-pack-objects died with error.\nremote: aborting due to possible repository corruption on the remote side.\nfatal: early EOF',
		{kind: 'network', problem: 'cut-short'},
	],
	['fatal: something unknown', {kind: 'git-failed'}],
];

describe("git's words about a transfer", () => {
	it.each(transfers)('%j', (stderr, failure) => {
		expect(failureOfGit(stderr, {mirror: '/m', isTransfer: true}).failure).toMatchObject(failure);
	});

	it.each(
		network.flatMap(([code, problem, ...texts]) => texts.map((text) => [code, problem, text])),
	)('of %s are %s: %s', (_code, problem, stderr) => {
		const {failure} = failureOfGit(stderr ?? '', {mirror: '/m', isTransfer: true});
		expect(failure).toMatchObject({kind: 'network', problem});
		expect(isPassing(failure)).toBe(problem !== 'tls' && problem !== 'proxy-refused');
		expect(failure).toHaveProperty('detail', expect.not.stringContaining(url));
	});

	it('never contain the user name and password of an address', () => {
		const {failure} = failureOfGit(
			"fatal: repository 'https://ann:ATATT@bitbucket.org/a/b' not found",
			{
				mirror: '/m',
				isTransfer: true,
			},
		);
		expect(JSON.stringify(failure)).not.toMatch(/ann|ATATT/);
	});

	it('never contain an escape sequence', () => {
		const {failure} = failureOfGit('fatal: \u001b[31mred\u202e', {mirror: '/m', isTransfer: true});
		expect(JSON.stringify(failure)).not.toMatch(/\\u001b\[|\u202e/);
	});
});

describe("git's words about a mirror", () => {
	it.each([
		"fatal: not a git repository: '.'",
		"fatal: couldn't read ./packed-refs: Is a directory",
	])('concern the mirror even when a server would mean something else: %s', (words) => {
		const {failure} = failureOfGit(words, {mirror: '/m'});
		expect(failure).toMatchObject({kind: 'mirror-unusable', path: '/m'});
	});

	it('name the lock and leave out the advice', () => {
		const lock =
			"fatal: cannot lock ref 'refs/heads/x': Unable to create '/m/x.lock': File exists.";
		const advice =
			'Another git process seems to be running in this repository, e.g.\nan editor opened';
		const {failure} = failureOfGit(`${lock}\n\n${advice}`, {mirror: '/m'});
		expect(failure).toEqual({kind: 'git-failed', detail: lock});
	});
});

describe('a git that ends without output', () => {
	it.each([
		['', false],
		['', true],
		['Receiving objects: 1% (1/100)\rfatal: fetch-pack: invalid index-pack output\n', true],
	])('is reported as possibly killed: %j, in a transfer: %s', (stderr, isTransfer) => {
		expect(failureOfGit(stderr, {mirror: '/m', isTransfer}).failure).toEqual({
			kind: 'git-failed',
			detail: expect.stringContaining('killed'),
		});
	});
});
