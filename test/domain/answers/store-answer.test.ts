import {describe, expect, it} from 'vitest';
import {readBucketAddress, readRecipients} from '../../../source/domain/answers/store-answer.ts';

describe('the address of a bucket', () => {
	it.each([
		['s3.eu-central-1.amazonaws.com/acme-git', undefined, 'eu-central-1', 'acme-git', ''],
		['https://acme-git.s3.eu-central-1.amazonaws.com/', undefined, 'eu-central-1', 'acme-git', ''],
		[
			's3.eu-central-003.backblazeb2.com/acme-git/cistern/b',
			'https://s3.eu-central-003.backblazeb2.com',
			'eu-central-003',
			'acme-git',
			'cistern/b',
		],
		[
			'https://0a1b.eu.r2.cloudflarestorage.com/acme-git',
			'https://0a1b.eu.r2.cloudflarestorage.com',
			'auto',
			'acme-git',
			'',
		],
		['http://127.0.0.1:9000/acme/', 'http://127.0.0.1:9000', 'us-east-1', 'acme', ''],
		['minio.s3-lab.example.com/acme', 'https://minio.s3-lab.example.com', 'us-east-1', 'acme', ''],
	])('%s', (text, endpoint, region, bucket, prefix) => {
		expect(readBucketAddress(text)).toMatchObject({endpoint, region, bucket, prefix});
	});

	it.each([
		['acme-git', 'no address of a bucket'],
		['s3://acme-git', 'no address of a bucket'],
		['https://s3.example.com/', 'name of the bucket is missing'],
		['two words', 'no address of a bucket'],
	])('is not "%s"', (text, words) => {
		expect(readBucketAddress(text)).toContain(words);
	});
});

describe('public keys', () => {
	const key = `age1${'q'.repeat(58)}`;

	it('are taken in any form in which a list is pasted', () => {
		expect(readRecipients(`[${key}, ${key}]`)).toEqual([key, key]);
		expect(readRecipients(`${key} ${key}`)).toEqual([key, key]);
	});

	it.each([
		['', 'begins with age1'],
		['ssh-ed25519 AAAA', 'begins with age1'],
		['age1abc', 'begins with age1'],
		[`AGE-SECRET-KEY-1${'Q'.repeat(58)}`, 'secret key'],
	])('are not "%s"', (text, words) => {
		expect(readRecipients(text)).toContain(words);
	});
});
