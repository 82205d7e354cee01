import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {
	complainAboutApi,
	decideGitAddress,
	gitAddressFor,
	withoutUser,
} from '../../../source/domain/access/git-address.ts';
import {defaultApiUrl} from '../../../source/domain/settings/settings.ts';

const bitbucket = gitAddressFor(defaultApiUrl);
const isAccepted = (url: string, allowed = bitbucket): boolean =>
	decideGitAddress(url, allowed).accepted;

describe('gitAddressFor', () => {
	it.each([defaultApiUrl, `${defaultApiUrl}/`, 'https://API.bitbucket.org:443/2.0'])(
		'sends git to bitbucket.org where the API is %s',
		(apiUrl) => {
			expect(gitAddressFor(apiUrl)).toEqual({
				origin: 'https://bitbucket.org',
				host: 'bitbucket.org',
			});
		},
	);

	it.each([
		['http://127.0.0.1:7990/2.0', 'http://127.0.0.1:7990', '127.0.0.1:7990'],
		['https://proxy.example/bitbucket/2.0', 'https://proxy.example', 'proxy.example'],
		[
			'https://api.bitbucket.org.evil.example/2.0',
			'https://api.bitbucket.org.evil.example',
			'api.bitbucket.org.evil.example',
		],
		[
			'https://api.bitbucket.org:8443/2.0',
			'https://api.bitbucket.org:8443',
			'api.bitbucket.org:8443',
		],
	])('sends git to the same scheme, host and port if the API is %s', (apiUrl, origin, host) => {
		expect(gitAddressFor(apiUrl)).toEqual({origin, host});
	});
});

describe('decideGitAddress', () => {
	it.each([
		['https://bitbucket.org/acme/api.git', 'https://bitbucket.org/acme/api.git'],
		['https://bitbucket.org/acme/api.git/wiki', 'https://bitbucket.org/acme/api.git/wiki'],
		['https://bitbucket.org/acme/api.git/', 'https://bitbucket.org/acme/api.git'],
		['https://BITBUCKET.org:443/acme/api.git', 'https://bitbucket.org/acme/api.git'],
		['HTTPS://bitbucket.org/a/-dash.git', undefined],
		['https://bitbucket.org/a/-dash.git', 'https://bitbucket.org/a/-dash.git'],
	])("decides about Bitbucket's own %s", (url, accepted) => {
		expect(decideGitAddress(url, bitbucket)).toMatchObject(
			accepted === undefined ? {accepted: false} : {accepted: true, url: accepted},
		);
	});

	it.each([
		'',
		'-',
		'--upload-pack=touch /tmp/x',
		'-u https://bitbucket.org/acme/api.git',
		'git@bitbucket.org:acme/api.git',
		'ssh://git@bitbucket.org/acme/api.git',
		'ssh://-oProxyCommand=x/acme/api.git',
		'git://bitbucket.org/acme/api.git',
		'ftp://bitbucket.org/acme/api.git',
		'file:///etc/passwd',
		'/srv/api.git',
		'../api.git',
		'ext::sh -c "touch /tmp/x"',
		'fd::17/foo',
		'javascript:alert(1)',
		'http://bitbucket.org/acme/api.git',
		'https://bitbucket.org:8443/acme/api.git',
		'https://bitbucket.org:80/acme/api.git',
		'https://bitbucket.org.evil.example/acme/api.git',
		'https://evil.example/bitbucket.org/acme/api.git',
		'https://evilbitbucket.org/acme/api.git',
		'https://www.bitbucket.org/acme/api.git',
		'https://bitbucket.org./acme/api.git',
		'https://bitbucket.org@evil.example/acme/api.git',
		'https://bitbucket.org:x@evil.example/acme/api.git',
		'https://bitbucket.org%2f@evil.example/acme/api.git',
		'https://evil.example\\@bitbucket.org/acme/api.git',
		'https://evil.example#@bitbucket.org/acme/api.git',
		'https://evil.example?@bitbucket.org/acme/api.git',
		'https://ann@bitbucket.org/acme/api.git',
		'https://ann:pass@bitbucket.org/acme/api.git',
		'https://:@evil.example/acme/api.git',
		'https://bitbucket.org',
		'https://bitbucket.org/',
		'https://bitbucket.org//',
		'https://bitbucket.org/acme/api.git?x=1',
		'https://bitbucket.org/acme/api.git?',
		'https://bitbucket.org/acme/api.git#x',
		'https://bitbucket.org/acme/api.git#',
		'https:bitbucket.org/acme/api.git',
		'https:/bitbucket.org/acme/api.git',
		'https:///bitbucket.org/acme/api.git',
		'https:\\\\bitbucket.org\\acme\\api.git',
		'//bitbucket.org/acme/api.git',
		' https://bitbucket.org/acme/api.git',
		'https://bitbucket.org/acme/api.git ',
		'https://bitbucket.org/acme/api.git\n',
		'https://bitbucket.org/acme/\napi.git',
		'https://bitbucket.org/acme/\tapi.git',
		'https://bitbucket.org/acme/\u001b[31mapi.git',
		'https://bitbucket.org/acme/\u202eapi.git',
		'https://bitbucket.org/acme/api.git%0ahost=evil.example',
		'https://bitbucket.org/acme/api.git%0D%0A',
		'https://bitbucket.org/acme/api.git%00',
		'https://bitbucket.org/acme/%7Fapi.git',
		'https://bіtbucket.org/acme/api.git',
		'https://xn--btbucket-5fg.org/acme/api.git',
	])('refuses %j', (url) => {
		expect(isAccepted(url)).toBe(false);
	});

	it('refuses an address that is too long to read', () => {
		expect(isAccepted(`https://bitbucket.org/acme/${'a'.repeat(3000)}.git`)).toBe(false);
	});

	it('lets a source with its own apiUrl talk to that scheme, host and port only', () => {
		const allowed = gitAddressFor('http://127.0.0.1:7990/2.0');
		expect(isAccepted('http://127.0.0.1:7990/acme/api.git', allowed)).toBe(true);
		expect(isAccepted('http://127.0.0.1:7991/acme/api.git', allowed)).toBe(false);
		expect(isAccepted('https://127.0.0.1:7990/acme/api.git', allowed)).toBe(false);
		expect(isAccepted('http://localhost:7990/acme/api.git', allowed)).toBe(false);
		expect(isAccepted('https://bitbucket.org/acme/api.git', allowed)).toBe(false);
	});

	it('refuses plain http off this machine even if the API is there', () => {
		const allowed = gitAddressFor('http://bitbucket.example/2.0');
		expect(isAccepted('http://bitbucket.example/acme/api.git', allowed)).toBe(false);
	});

	it('never accepts an address that git would take elsewhere, whatever is tried', () => {
		const piece = fc.constantFrom(
			...['https:', 'http:', '/', '//', '\\', '@', ':', '#', '?', '%', '.', '-', '443', 'ann'],
			...['bitbucket.org', 'evil.example', '[::1]', '\t', '\n', '%2f', '%40', 'a.git', '..'],
		);
		fc.assert(
			fc.property(fc.array(piece, {maxLength: 12}), (pieces) => {
				const decision = decideGitAddress(pieces.join(''), bitbucket);
				if (decision.accepted) {
					expect(decision.url).toMatch(/^https:\/\/bitbucket\.org\/[^?#@\\\s]/);
				}
			}),
			{numRuns: 2000},
		);
	});

	it('says why', () => {
		expect(decideGitAddress('https://evil.example/a/b.git', bitbucket)).toEqual({
			accepted: false,
			reason: 'git may only talk to https://bitbucket.org for this source',
		});
	});
});

describe('complainAboutApi', () => {
	it.each([
		defaultApiUrl,
		'https://proxy.example:8443/bitbucket/2.0',
		'http://127.0.0.1:7990/2.0',
		'http://localhost:7990/2.0',
		'http://[::1]:7990/2.0',
	])('has nothing against %s', (apiUrl) => {
		expect(complainAboutApi(apiUrl)).toBeUndefined();
	});

	it.each([
		'api.bitbucket.org',
		'ftp://api.bitbucket.org',
		'http://api.bitbucket.org/2.0',
		'http://192.168.0.7/2.0',
		'http://127.0.0.1.evil.example/2.0',
		'http://localhost.evil.example/2.0',
		'https://ann:pass@api.bitbucket.org/2.0',
		'https://api.bitbucket.org/2.0?x=1',
		'https://api.bitbucket.org/2.0#x',
		'https://api.bitbucket.org/2.0\n',
	])('complains about %j', (apiUrl) => {
		expect(complainAboutApi(apiUrl)).toEqual(expect.any(String));
	});
});

describe('withoutUser', () => {
	it.each([
		['https://ann@bitbucket.org/acme/api.git', 'https://bitbucket.org/acme/api.git'],
		['https://ann:p@ss@bitbucket.org/a/b.git', 'https://bitbucket.org/a/b.git'],
		['https://bitbucket.org/acme/a@b.git', 'https://bitbucket.org/acme/a@b.git'],
		['git@bitbucket.org:acme/api.git', 'git@bitbucket.org:acme/api.git'],
	])('makes of %s %s', (url, expected) => {
		expect(withoutUser(url)).toBe(expected);
	});
});
