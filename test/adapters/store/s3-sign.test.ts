import {AwsV4Signer} from 'aws4fetch';
import fc from 'fast-check';
import {expect, it} from 'vitest';
import {encodePath, encodeQuery, signRequest} from '../../../source/adapters/store/s3-sign.ts';

const anyText = fc.string({unit: 'grapheme', minLength: 1, maxLength: 12});
/** An address has no `.` and `..`, and aws4fetch takes a `+` for a blank. */
const anyKey = anyText.filter((key) => !/(?:^|\/)\.{1,2}(?:\/|$)|[+%\\]/.test(key));
const anyRequest = fc.record({
	method: fc.constantFrom('GET', 'PUT', 'POST', 'DELETE'),
	key: anyKey,
	query: fc.dictionary(anyText, anyText, {maxKeys: 3}),
	session: fc.constantFrom({}, {sessionToken: 'of the session'}),
	at: fc.date({min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true}),
});

it('a request has the signature that aws4fetch gives it, whatever its address', async () => {
	await fc.assert(
		fc.asyncProperty(anyRequest, async ({method, key, query, session, at}) => {
			const search = encodeQuery(query);
			const url = new URL(`https://s3.example.com:8443/acme-git/${encodePath(key)}?${search}`);
			const headers = {
				'x-amz-content-sha256': 'of the content',
				'content-type': 'application/octet-stream',
				'if-none-match': '*',
			};
			const keys = {accessKeyId: 'AKID', secretAccessKey: 'secret', ...session};
			const signer = new AwsV4Signer({
				...keys,
				method,
				url: url.href,
				headers,
				service: 's3',
				region: 'eu-1',
				allHeaders: true,
				datetime: at.toISOString().replaceAll(/[:-]|\.\d{3}/g, ''),
			});
			const theirs = Object.fromEntries((await signer.sign()).headers);
			const signing = {keys, region: 'eu-1', at: at.getTime()};
			expect(signRequest({method, url, headers}, signing)).toEqual(theirs);
		}),
	);
});
