import {describe, expect, it} from 'vitest';
import {cleanHeaders, decideLink} from '../../../source/domain/lfs/links.ts';

const bitbucket = 'https://bitbucket.org';
const sandbox = 'http://127.0.0.1:4321';

describe('a link to a file', () => {
	it('may lead to any https server, and is its own on the origin of git', () => {
		const url = 'https://api.media.atlassian.com/file/5f/binary?token=a%2Fb';
		expect(decideLink(url, bitbucket)).toEqual({accepted: true, url, isOwn: false});
		expect(decideLink(`${bitbucket}/file`, bitbucket)).toMatchObject({accepted: true, isOwn: true});
		expect(decideLink('https://bitbucket.org:444/file', bitbucket)).toMatchObject({isOwn: false});
		expect(decideLink('https://bitbucket.org.example/file', bitbucket)).toMatchObject({
			isOwn: false,
		});
	});

	it.each([
		['plain http', 'http://api.media.atlassian.com/file'],
		['a user', 'https://ann@api.media.atlassian.com/file'],
		['an address in numbers', 'https://10.0.0.7/file'],
		['where a cloud keeps its keys', 'https://169.254.169.254/latest/meta-data'],
		['an address in disguise', 'https://0x0a000007/file'],
		['an IPv6 address', 'https://[fd00::7]/file'],
		['this machine', 'https://localhost:8080/file'],
		['this machine with a dot', 'https://localhost./file'],
		['another scheme', 'file:///etc/passwd'],
		['a blank', 'https://media.example/a b'],
		['no host', 'https:///file'],
		['no address', 'binary'],
		['too many characters', `https://media.example/${'a'.repeat(20_000)}`],
	])('must not have %s', (_, href) => {
		expect(decideLink(href, bitbucket)).toMatchObject({accepted: false});
	});

	it('may stay on this machine where git is there too', () => {
		expect(decideLink('http://127.0.0.1:9/file', sandbox)).toMatchObject({isOwn: false});
		expect(decideLink('http://[::1]:9/file', sandbox)).toMatchObject({accepted: true});
	});
});

describe('the headers of a link', () => {
	it('are passed on without those that decide about the connection', () => {
		expect(
			cleanHeaders({
				'X-Client-ID': 'client',
				Authorization: 'Bearer abc',
				Host: 'elsewhere',
				'Content-Length': '5',
				'transfer-encoding': 'chunked',
				'Proxy-Authorization': 'Basic abc',
				Range: 'bytes=5-',
				'Accept-Encoding': 'gzip',
				'X-A\r\nX-B': 'two',
				'X-C': 'one\r\nX-D: two',
				'X-E': 5,
			}),
		).toEqual({'x-client-id': 'client', authorization: 'Bearer abc'});
	});
});
