import {existsSync, readFileSync, statSync} from 'node:fs';
import {describe, expect, it} from 'vitest';
import {makeMirrorFolder, startFetching} from '../../helpers/fetch-lfs.ts';
import {objectOf, placeOf} from '../../helpers/lfs-files.ts';
import {basic} from '../bitbucket/sources.ts';

const batchPath = /\/info\/lfs\/objects\/batch$/;

describe('a fetch', () => {
	it('stores files, asks as git-lfs does, and gives the credential to git alone', async () => {
		const {sandbox, api, url, hosts, fetch, read, ...rest} = await startFetching();
		const wanted = [sandbox.putLfs(api, 'one'), sandbox.putLfs(api, 'two')];
		const ends = await fetch(wanted);

		expect(ends).toHaveLength(2);
		for (const object of wanted) {
			expect(ends).toContainEqual({object, result: 'stored'});
		}
		expect(wanted.map(read)).toEqual(['one', 'two']);
		expect(statSync(placeOf(rest.mirror, objectOf('one').oid)).mode & 0o777).toBe(0o400);
		const [batch, ...others] = sandbox.requestsTo('git');
		expect(others).toEqual([]);
		expect(batch).toMatchObject({
			method: 'POST',
			path: new URL(url).pathname.concat('/info/lfs/objects/batch'),
		});
		expect(batch?.headers).toMatchObject({
			authorization: basic('ann'),
			accept: 'application/vnd.git-lfs+json',
			'content-type': 'application/vnd.git-lfs+json',
			'accept-encoding': 'identity',
			'user-agent': 'git-lfs/cistern-1.2.3',
		});
		for (const {headers, rawHeaders} of sandbox.requestsTo('media')) {
			const names = rawHeaders
				.filter((_, index) => index % 2 === 0)
				.map((name) => name.toLowerCase());
			expect(names.filter((name) => name === 'authorization')).toHaveLength(1);
			expect(headers.authorization).toMatch(/^Bearer /);
			expect(headers['x-client-id']).toBeDefined();
		}
		const media = new URL(sandbox.mediaOrigin).host;
		expect(hosts).toEqual([new URL(url).host, media, media]);
		expect(rest.received).toBe(0);
	});

	it('counts the bytes as they come', async () => {
		const fetching = await startFetching();
		await fetching.fetch([fetching.sandbox.putLfs(fetching.api, 'x'.repeat(300_000))]);
		expect(fetching.received).toBe(300_000);
	});

	it('asks for a hundred files at a time, and for large ones in smaller batches', async () => {
		const {sandbox, fetch} = await startFetching();
		const counts: number[] = [];
		sandbox.transformBatches((answer, {objects}) => {
			counts.push(objects.length);
			return answer;
		});
		const many = Array.from({length: 205}, (_, index) => objectOf(`content ${index}`));
		await fetch(many);
		expect(counts).toEqual([100, 100, 5]);

		counts.length = 0;
		const large = many.slice(0, 3).map((object) => ({...object, size: 600 * 1024 ** 2}));
		await fetch([...large, {...objectOf('endless'), size: 10 ** 15}]);
		expect(counts).toEqual([1, 1, 1, 1]);
	});

	it('takes eight files at once, for all repositories of a source together', async () => {
		const {sandbox, api, fetch} = await startFetching();
		let now = 0;
		let most = 0;
		sandbox.addFault({
			match: {service: 'media'},
			answer: {
				kind: 'meanwhile',
				run: async () => {
					now += 1;
					most = Math.max(most, now);
					for (let turn = 0; turn < 50; turn += 1) {
						await new Promise(setImmediate);
					}
					now -= 1;
				},
			},
		});
		const put = (name: string) =>
			Array.from({length: 20}, (_, index) => sandbox.putLfs(api, `${name} ${index}`));
		await Promise.all([fetch(put('first')), fetch(put('second'), makeMirrorFolder())]);
		expect(most).toBeGreaterThan(1);
		expect(most).toBeLessThanOrEqual(8);
	});

	it('asks for nothing where nothing is wanted', async () => {
		const {sandbox, fetch} = await startFetching();
		expect(await fetch([])).toEqual([]);
		expect(sandbox.requests).toEqual([]);
	});

	it('keeps a file whose pointer claimed more bytes than it has', async () => {
		const {sandbox, api, fetch, read} = await startFetching();
		const object = {...sandbox.putLfs(api, 'content'), size: 5000};
		expect(await fetch([object])).toEqual([{object, result: 'stored'}]);
		expect(read(object)).toBe('content');
	});

	it('stops when its signal aborts, and keeps the part', async () => {
		const {sandbox, api, fetch, signal, partOf} = await startFetching();
		const object = sandbox.putLfs(api, 'x'.repeat(100_000));
		sandbox.addFault({
			match: {service: 'media'},
			answer: {kind: 'trickle', bytes: 1000, every: 1},
		});
		const ending = fetch([object]);
		const whenBegun = async (): Promise<void> => {
			while (!existsSync(partOf(object)) || readFileSync(partOf(object)).length === 0) {
				await new Promise(setImmediate);
			}
		};
		await whenBegun();
		signal.abort(new Error('interrupted'));
		await expect(ending).rejects.toThrow('interrupted');
		expect(readFileSync(partOf(object)).length).toBeGreaterThan(0);
	});

	it('stops when the caller no longer listens', async () => {
		const {sandbox, api, start} = await startFetching();
		const wanted = Array.from({length: 300}, (_, index) => sandbox.putLfs(api, `content ${index}`));
		for await (const end of start(wanted)) {
			expect(end.result).toBe('stored');
			break;
		}
		const asked = sandbox.requests.length;
		expect(asked).toBeLessThan(150);
		for (let turn = 0; turn < 100; turn += 1) {
			await new Promise(setImmediate);
		}
		expect(sandbox.requests).toHaveLength(asked);
	});
});

describe('a disk that is too small', () => {
	const mebibyte = 1024 ** 2;
	/** No file takes the last of it. */
	const reserve = 16 * mebibyte;

	it('gets the files that fit, and the others are not asked for', async () => {
		const fetching = await startFetching();
		const {sandbox, api, fetch, read} = fetching;
		const small = [sandbox.putLfs(api, 'a'.repeat(400)), sandbox.putLfs(api, 'b'.repeat(400))];
		const large = sandbox.putLfs(api, 'c'.repeat(2000));
		fetching.free = reserve + 1000;
		const ends = await fetch([...small, large]);
		expect(ends).toContainEqual(expect.objectContaining({object: large, result: 'no-room'}));
		expect(small.map(read)).toEqual(['a'.repeat(400), 'b'.repeat(400)]);
		expect(sandbox.requestsTo('media')).toHaveLength(2);
		expect(existsSync(fetching.partOf(large))).toBe(false);
	});

	it('has no room that a file under way will take', async () => {
		const fetching = await startFetching();
		const {sandbox, api, start} = fetching;
		const wanted = ['a', 'b'].map((letter) => sandbox.putLfs(api, letter.repeat(600)));
		const {promise, resolve} = Promise.withResolvers<void>();
		sandbox.addFault({
			match: {service: 'media'},
			answer: {kind: 'meanwhile', run: () => promise},
		});
		fetching.free = reserve + 1000;
		const results: string[] = [];
		for await (const {result} of start(wanted)) {
			results.push(result);
			resolve();
		}
		expect(results).toEqual(['no-room', 'stored']);
	});

	it('counts the bytes that the server names where a pointer claims more', async () => {
		const fetching = await startFetching();
		const {sandbox, api, fetch, read} = fetching;
		const claimed = {...sandbox.putLfs(api, 'content'), size: 10 ** 15};
		const missing = {...objectOf('nowhere'), size: 10 ** 15};
		fetching.free = reserve + mebibyte;
		const ends = await fetch([claimed, missing]);
		expect(ends).toContainEqual({object: claimed, result: 'stored'});
		expect(read(claimed)).toBe('content');
		expect(ends).toContainEqual(expect.objectContaining({object: missing, result: 'not-upstream'}));
	});

	it('has room for the rest of a file whose part lies there', async () => {
		const fetching = await startFetching();
		const {sandbox, api, fetch, read, leavePart} = fetching;
		const object = sandbox.putLfs(api, 'x'.repeat(5000));
		leavePart(object, 'x'.repeat(4500));
		fetching.free = reserve + 499;
		expect(await fetch([object])).toEqual([{object, result: 'no-room', free: 499}]);
		fetching.free = reserve + 500;
		expect(await fetch([object])).toEqual([{object, result: 'stored'}]);
		expect(read(object)).toHaveLength(5000);
	});

	it('is asked once for many files', async () => {
		const {sandbox, api, bitbucket, url, mirror, signal} = await startFetching();
		const wanted = Array.from({length: 150}, (_, index) => sandbox.putLfs(api, `content ${index}`));
		let asked = 0;
		const readFree = async (): Promise<number> => {
			asked += 1;
			return reserve + mebibyte;
		};
		const retry = <Result>(_: string, act: () => Promise<Result>): Promise<Result> => act();
		const options = {signal: signal.signal, retry, readFree};
		for await (const {result} of bitbucket.fetchLfs(url, mirror, wanted, options)) {
			expect(result).toBe('stored');
		}
		// Those that begin together ask together.
		expect(asked).toBeLessThanOrEqual(8);
	});
});

describe('a part of a file', () => {
	const content = 'some content of a file';

	const startWithPart = async (part: string) => {
		const fetching = await startFetching();
		const object = fetching.sandbox.putLfs(fetching.api, content);
		fetching.leavePart(object, part);
		const expectStored = async (): Promise<void> => {
			expect(await fetching.fetch([object])).toEqual([{object, result: 'stored'}]);
			expect(fetching.read(object)).toBe(content);
			expect(existsSync(fetching.partOf(object))).toBe(false);
			expect(statSync(placeOf(fetching.mirror, object.oid)).mode & 0o777).toBe(0o400);
		};
		const ranges = () => fetching.sandbox.requestsTo('media').map(({headers}) => headers.range);
		return {...fetching, object, expectStored, ranges};
	};

	it('is completed', async () => {
		const {expectStored, ranges} = await startWithPart(content.slice(0, 7));
		await expectStored();
		expect(ranges()).toEqual(['bytes=7-']);
	});

	it('is completed after the connection was cut', async () => {
		const {sandbox, api, fetch, read} = await startFetching();
		const object = sandbox.putLfs(api, 'x'.repeat(200_000));
		const answer = {kind: 'cut-short', after: 100_000} as const;
		sandbox.addFault({match: {service: 'media'}, times: 1, answer});
		expect(await fetch([object])).toEqual([{object, result: 'stored'}]);
		expect(read(object)).toHaveLength(200_000);
		const [first, second] = sandbox.requestsTo('media').map(({headers}) => headers.range);
		expect(first).toBeUndefined();
		expect(second).toMatch(/^bytes=\d+-$/);
	});

	it('that is whole is kept without a request for it', async () => {
		const {expectStored, ranges} = await startWithPart(content);
		await expectStored();
		expect(ranges()).toEqual([]);
	});

	it.each([
		['as long as the file, and another content', 'x'.repeat(content.length)],
		['longer than the file', `${content} and more`],
	])('that is %s is fetched anew, and no range behind the end is asked for', async (_, part) => {
		const {expectStored, ranges} = await startWithPart(part);
		await expectStored();
		expect(ranges()).toEqual([undefined]);
	});

	it('with wrong bytes is found out by the hash, and fetched anew', async () => {
		const {expectStored, ranges} = await startWithPart('wrong');
		await expectStored();
		expect(ranges()).toEqual(['bytes=5-', undefined]);
	});

	it.each([400, 416, 405])('is dropped where the server answers %i', async (status) => {
		const {sandbox, expectStored, ranges} = await startWithPart('some ');
		const answer = {kind: 'answer', status, body: {error: {code: 'InvalidArgumentError'}}} as const;
		sandbox.addFault({match: {service: 'media'}, times: 1, answer});
		await expectStored();
		expect(ranges()).toEqual(['bytes=5-', undefined]);
	});

	it('is begun anew where the server knows no parts', async () => {
		const {sandbox, expectStored, ranges} = await startWithPart('some ');
		const answer = {kind: 'answer', status: 200, body: content} as const;
		sandbox.addFault({match: {service: 'media'}, times: 1, answer});
		await expectStored();
		expect(ranges()).toEqual(['bytes=5-']);
	});

	it('is dropped where another part comes', async () => {
		const {sandbox, expectStored, ranges} = await startWithPart('some ');
		const headers = {'content-range': `bytes 4-21/${content.length}`};
		const answer = {kind: 'answer', status: 206, headers, body: content.slice(4)} as const;
		sandbox.addFault({match: {service: 'media'}, times: 1, answer});
		// It was no other content, so this is the first one that is.
		const other = {kind: 'answer', status: 200, body: 'other content'} as const;
		sandbox.addFault({match: {service: 'media'}, times: 1, answer: other});
		await expectStored();
		expect(ranges()).toEqual(['bytes=5-', undefined, undefined]);
	});
});

describe('content that is not as its name says', () => {
	const startWith = async (times: number, body: string) => {
		const fetching = await startFetching();
		const object = fetching.sandbox.putLfs(fetching.api, 'content');
		fetching.sandbox.addFault({
			match: {service: 'media'},
			times,
			answer: {kind: 'answer', status: 200, body},
		});
		const ends = await fetching.fetch([object]);
		return {...fetching, object, ends};
	};

	it('is asked for once more', async () => {
		const {ends, object, read} = await startWith(1, 'CONTENT');
		expect(ends).toEqual([{object, result: 'stored'}]);
		expect(read(object)).toBe('content');
	});

	it.each([
		['other bytes', 'CONTENT', `a file with the SHA-256 ${objectOf('CONTENT').oid} came instead`],
		['a byte less', 'conten', `a file with the SHA-256 ${objectOf('conten').oid} came instead`],
		['a byte more', 'content!', 'more than the 7 bytes came that it should have'],
	])('is refused the second time: %s', async (_, body, detail) => {
		const {sandbox, ends, object, read, partOf} = await startWith(2, body);
		expect(ends).toEqual([{object, result: 'not-as-named', detail}]);
		expect(read(object)).toBeUndefined();
		expect(existsSync(partOf(object))).toBe(false);
		expect(sandbox.requestsTo('media')).toHaveLength(2);
	});

	it('does not fill the disk', async () => {
		const {sandbox, api, fetch} = await startFetching();
		const object = sandbox.putLfs(api, 'content');
		const answer = {kind: 'flood', size: Number.POSITIVE_INFINITY} as const;
		sandbox.addFault({match: {service: 'media'}, answer});
		expect(await fetch([object])).toMatchObject([{object, result: 'not-as-named'}]);
	});

	it('is not unpacked', async () => {
		const {sandbox, api, fetch} = await startFetching();
		const object = sandbox.putLfs(api, 'content');
		const headers = {'content-encoding': 'gzip'};
		const answer = {kind: 'answer', status: 200, headers, body: 'content'} as const;
		sandbox.addFault({match: {service: 'media'}, answer});
		expect(await fetch([object])).toMatchObject([
			{result: 'failed', failure: {kind: 'unexpected-answer'}},
		]);
	});
});

describe('the media server', () => {
	it.each([401, 403, 404, 410])('gets a new link after it answered %i', async (status) => {
		const {sandbox, api, fetch} = await startFetching();
		const object = sandbox.putLfs(api, 'content');
		const answer = {kind: 'answer', status} as const;
		sandbox.addFault({match: {service: 'media'}, times: 2, answer});
		expect(await fetch([object])).toEqual([{object, result: 'stored'}]);
		expect(sandbox.requestsTo('git')).toHaveLength(3);
	});

	it('is left after it refused three links for a file', async () => {
		const {sandbox, api, fetch} = await startFetching();
		const object = sandbox.putLfs(api, 'content');
		sandbox.addFault({match: {service: 'media'}, answer: {kind: 'answer', status: 403}});
		const failure = {kind: 'lfs-refused', status: 403, message: ''};
		expect(await fetch([object])).toEqual([{object, result: 'failed', failure}]);
		expect(sandbox.requestsTo('media')).toHaveLength(3);
	});

	it('gets new links for those files alone whose links have aged', async () => {
		const {sandbox, api, fetch} = await startFetching();
		const wanted = Array.from({length: 60}, (_, index) => sandbox.putLfs(api, `content ${index}`));
		const counts: number[] = [];
		sandbox.transformBatches((answer, {objects}) => {
			counts.push(objects.length);
			return answer;
		});
		const run = (): void => sandbox.expireLinks();
		sandbox.addFault({
			match: {service: 'media'},
			after: 30,
			times: 1,
			answer: {kind: 'meanwhile', run},
		});
		const ends = await fetch(wanted);
		expect(ends.filter(({result}) => result === 'stored')).toHaveLength(60);
		expect(counts).toHaveLength(2);
		expect(counts[1]).toBeLessThanOrEqual(30);
	});

	it('waits at its own gate when it asks to slow down', async () => {
		const {sandbox, api, fetch, hosts} = await startFetching();
		const object = sandbox.putLfs(api, 'content');
		const answer = {kind: 'rate-limit', tells: 'nothing'} as const;
		sandbox.addFault({match: {service: 'media'}, times: 1, answer});
		expect(await fetch([object])).toEqual([{object, result: 'stored'}]);
		const media = new URL(sandbox.mediaOrigin).host;
		expect(hosts.slice(1)).toEqual([media, media]);
	});

	it('is left alone after sixteen files in a row have failed', async () => {
		const {sandbox, api, fetch} = await startFetching();
		const wanted = Array.from({length: 200}, (_, index) => sandbox.putLfs(api, `content ${index}`));
		sandbox.addFault({match: {service: 'media'}, answer: {kind: 'answer', status: 500}});
		const ends = await fetch(wanted);
		expect(ends).toHaveLength(200);
		expect(
			ends.every((end) => end.result === 'failed' && end.failure.kind === 'server-error'),
		).toBe(true);
		expect(sandbox.requestsTo('media').length).toBeLessThan(100);
	});

	it('gets no header of ours from a link that leads to it by a redirect', async () => {
		const {sandbox, api, fetch, read} = await startFetching();
		const object = sandbox.putLfs(api, 'content');
		const third = await startFetching();
		third.sandbox.addFault({answer: {kind: 'answer', status: 200, body: 'content'}});
		const to = `${third.sandbox.mediaOrigin}/third`;
		sandbox.addFault({match: {service: 'media'}, answer: {kind: 'redirect', to}});
		expect(await fetch([object])).toEqual([{object, result: 'stored'}]);
		expect(read(object)).toBe('content');
		const names = Object.keys(third.sandbox.requests[0]?.headers ?? {}).toSorted();
		expect(names).toEqual(['accept-encoding', 'connection', 'host', 'user-agent']);
	});

	it.each([
		['to where it may not lead', 'http://ann:pw@127.0.0.1/file', 'address-refused'],
		['without end', '/again', 'unexpected-answer'],
	])('is not followed %s', async (_, to, kind) => {
		const {sandbox, api, fetch} = await startFetching();
		const object = sandbox.putLfs(api, 'content');
		sandbox.addFault({match: {service: 'media'}, answer: {kind: 'redirect', to}});
		expect(await fetch([object])).toMatchObject([{result: 'failed', failure: {kind}}]);
	});
});

describe('an answer of the batch API for one file', () => {
	const answerWith = async (
		entry: (oid: string, size: number) => Record<string, unknown> | undefined,
	) => {
		const {sandbox, api, fetch} = await startFetching();
		const [object, other] = [sandbox.putLfs(api, 'content'), sandbox.putLfs(api, 'other')];
		sandbox.transformBatches(({objects}) => ({
			objects: objects.flatMap((each) =>
				each['oid'] === object.oid ? [entry(object.oid, object.size)].filter(Boolean) : [each],
			),
		}));
		const ends = await fetch([object, other]);
		expect(ends).toContainEqual({object: other, result: 'stored'});
		return {sandbox, end: ends.find((each) => each.object === object)};
	};

	it.each([404, 410])('is believed when it is a %i', async (code) => {
		const error = {code, message: 'Object does not exist on the server'};
		const {end} = await answerWith((oid, size) => ({oid, size, error}));
		expect(end).toMatchObject({
			result: 'not-upstream',
			words: 'Object does not exist on the server',
		});
	});

	it.each([403, 422, 500])('is a failure of this file when it is a %i', async (code) => {
		const {end} = await answerWith((oid, size) => ({
			oid,
			size,
			error: {code, message: 'No\u001b[2J'},
		}));
		expect(end).toMatchObject({
			result: 'failed',
			failure: {kind: 'lfs-refused', status: code, message: expect.not.stringContaining('\u001b')},
		});
	});

	it.each([
		['is missing', () => undefined],
		['has no link', (oid: string, size: number) => ({oid, size})],
		['has no address', (oid: string, size: number) => ({oid, size, actions: {download: {}}})],
		['is of another file', (_: string, size: number) => ({oid: 'f'.repeat(64), size})],
	])('is a failure of this file when it %s', async (_, entry) => {
		const {end} = await answerWith(entry);
		expect(end).toMatchObject({result: 'failed', failure: {kind: 'unexpected-answer'}});
	});

	it('is refused when its link may not be followed', async () => {
		const href = 'http://ann:pw@127.0.0.1:9/file?secret';
		const {end} = await answerWith((oid, size) => ({oid, size, actions: {download: {href}}}));
		expect(end).toMatchObject({
			result: 'failed',
			failure: {kind: 'address-refused', address: 'http://127.0.0.1:9'},
		});
	});

	it("gets the credential when its link is on git's own origin and brings none", async () => {
		const {sandbox, api, fetch, url} = await startFetching();
		const object = sandbox.putLfs(api, 'content');
		const href = `${url}/info/lfs/own`;
		sandbox.transformBatches(() => ({objects: [{...object, actions: {download: {href}}}]}));
		sandbox.addFault({
			match: {path: /own$/},
			answer: {kind: 'answer', status: 200, body: 'content'},
		});
		expect(await fetch([object])).toEqual([{object, result: 'stored'}]);
		expect(sandbox.requests.at(-1)?.headers.authorization).toBe(basic('ann'));
	});

	it('does not get it when its link is on another origin, though it brings none', async () => {
		const {sandbox, api, fetch} = await startFetching();
		const object = sandbox.putLfs(api, 'content');
		const href = `${sandbox.mediaOrigin}/open`;
		sandbox.transformBatches(() => ({objects: [{...object, actions: {download: {href}}}]}));
		sandbox.addFault({
			match: {service: 'media'},
			answer: {kind: 'answer', status: 200, body: 'content'},
		});
		expect(await fetch([object])).toEqual([{object, result: 'stored'}]);
		const names = Object.keys(sandbox.requestsTo('media')[0]?.headers ?? {});
		expect(names.toSorted()).toEqual(['accept-encoding', 'connection', 'host', 'user-agent']);
	});

	it('names headers for its link, and none that is not its business', async () => {
		const {sandbox, api, fetch} = await startFetching();
		const object = sandbox.putLfs(api, 'content');
		const header = {Range: 'bytes=3-', Host: 'elsewhere', 'X-Client-ID': 'a', 'not a name': 'b'};
		const href = `${sandbox.mediaOrigin}/open`;
		sandbox.transformBatches(() => ({objects: [{...object, actions: {download: {href, header}}}]}));
		sandbox.addFault({
			match: {service: 'media'},
			answer: {kind: 'answer', status: 200, body: 'content'},
		});
		expect(await fetch([object])).toEqual([{object, result: 'stored'}]);
		const {host, range, ...others} = sandbox.requestsTo('media')[0]?.headers ?? {};
		expect([host, range]).toEqual([new URL(sandbox.mediaOrigin).host, undefined]);
		expect(others).toMatchObject({'x-client-id': 'a'});
	});

	it('counts once where a file is answered twice', async () => {
		const {sandbox, api, fetch} = await startFetching();
		const object = sandbox.putLfs(api, 'content');
		sandbox.transformBatches(({objects}) => ({
			objects: [...objects, {...object, error: {code: 404, message: ''}}],
		}));
		expect(await fetch([object])).toEqual([{object, result: 'stored'}]);
	});

	it('does not repeat the token', async () => {
		const {sandbox, api, fetch} = await startFetching();
		const object = sandbox.putLfs(api, 'content');
		const message = `no access for ${basic('ann')}`;
		for (const code of [404, 403]) {
			sandbox.transformBatches(() => ({objects: [{...object, error: {code, message}}]}));
			expect(JSON.stringify(await fetch([object]))).toContain('no access for Basic [secret]');
		}
	});
});

describe('a refusal of the whole batch', () => {
	const startWith = async (status: number, body: string | object = '') => {
		const fetching = await startFetching();
		const wanted = Array.from({length: 250}, (_, index) => objectOf(`content ${index}`));
		fetching.sandbox.addFault({match: {path: batchPath}, answer: {kind: 'answer', status, body}});
		return {...fetching, ends: await fetching.fetch(wanted)};
	};

	it.each([401, 402, 403, 404, 507, 509])(
		'%i is told for all files, and asked for once',
		async (status) => {
			const message = 'Your account is over its data quota';
			const {sandbox, ends} = await startWith(status, {message});
			expect(ends).toHaveLength(250);
			for (const end of ends) {
				expect(end).toMatchObject({
					result: 'failed',
					failure: {kind: 'lfs-refused', status, message},
				});
			}
			expect(sandbox.requests).toHaveLength(1);
		},
	);

	it.each([
		[429, 'rate-limited'],
		[500, 'server-error'],
		[503, 'server-error'],
	])('%i is tried again, and then told for all files', async (status, kind) => {
		const {sandbox, ends} = await startWith(status);
		expect(ends).toHaveLength(250);
		expect(ends.every((end) => end.result === 'failed' && end.failure.kind === kind)).toBe(true);
		expect(sandbox.requests).toHaveLength(3);
	});

	it.each([
		['a page of a proxy', '<html>Sign in</html>'],
		['no list', {objects: {}}],
	])('%s is no answer', async (_, body) => {
		const {ends} = await startWith(200, body);
		expect(ends).toHaveLength(250);
		expect(ends[0]).toMatchObject({result: 'failed', failure: {kind: 'unexpected-answer'}});
	});

	it('another way of transfer is no answer', async () => {
		const {sandbox, api, fetch} = await startFetching();
		const object = sandbox.putLfs(api, 'content');
		sandbox.transformBatches((answer) => ({...answer, transfer: 'bitbucket-media-api'}));
		expect(await fetch([object])).toMatchObject([
			{result: 'failed', failure: {kind: 'unexpected-answer'}},
		]);
	});

	it('413 leads to smaller batches from then on', async () => {
		const {sandbox, api, fetch} = await startFetching();
		sandbox.limitBatches(30);
		const wanted = Array.from({length: 200}, (_, index) => sandbox.putLfs(api, `content ${index}`));
		const ends = await fetch(wanted);
		expect(ends.every(({result}) => result === 'stored')).toBe(true);
		const refused = sandbox.requestsTo('git').filter(({status}) => status === 413);
		expect(refused.length).toBeLessThanOrEqual(4);
	});

	it('422 because of one file leaves the others', async () => {
		const {sandbox, api, fetch} = await startFetching();
		const wanted = Array.from({length: 9}, (_, index) => sandbox.putLfs(api, `content ${index}`));
		const bad = objectOf('bad');
		sandbox.transformBatches((answer, {objects}) =>
			objects.some(({oid}) => oid === bad.oid) ? {status: 422} : answer,
		);
		const ends = await fetch([...wanted, bad]);
		expect(ends.filter(({result}) => result === 'stored')).toHaveLength(9);
		expect(ends.find(({object}) => object === bad)).toMatchObject({
			result: 'failed',
			failure: {kind: 'lfs-refused', status: 422},
		});
	});

	it('a redirect is followed on the same origin, and with the same request only', async () => {
		const {sandbox, api, url, fetch} = await startFetching();
		const object = sandbox.putLfs(api, 'content');
		const to = `${url}/info/lfs/objects/batch?again`;
		const fault = sandbox.addFault({
			match: {path: batchPath},
			times: 1,
			answer: {kind: 'redirect', to, status: 308},
		});
		expect(await fetch([object])).toEqual([{object, result: 'stored'}]);
		expect(fault.hits).toBe(1);
		for (const [status, kind] of [
			[302, 'unexpected-answer'],
			[307, 'address-refused'],
		] as const) {
			sandbox.clearFaults();
			sandbox.clearRequests();
			const elsewhere = status === 302 ? to : `${sandbox.mediaOrigin}/batch`;
			sandbox.addFault({
				match: {path: batchPath},
				answer: {kind: 'redirect', to: elsewhere, status},
			});
			expect(await fetch([objectOf('other')])).toMatchObject([{result: 'failed', failure: {kind}}]);
			expect(sandbox.requestsTo('media')).toEqual([]);
		}
	});

	it('an answer without end is not held', async () => {
		const {sandbox, fetch} = await startFetching();
		const answer = {kind: 'flood', size: Number.POSITIVE_INFINITY, start: '{"objects": ['} as const;
		sandbox.addFault({match: {path: batchPath}, answer});
		expect(await fetch([objectOf('content')])).toMatchObject([
			{result: 'failed', failure: {kind: 'answer-refused'}},
		]);
	});
});
