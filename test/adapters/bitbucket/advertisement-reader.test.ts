import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {
	type AdvertisementLimits,
	createAdvertisementReader,
} from '../../../source/adapters/bitbucket/advertisement-reader.ts';
import {FailureError} from '../../../source/domain/failure/failure.ts';

const oid = (digit: string): string => digit.repeat(40);

const line = (payload: string): string =>
	(Buffer.byteLength(payload) + 4).toString(16).padStart(4, '0') + payload;

/** An advertisement of these `<oid> <name>` lines, the first with these capabilities. */
const advertise = (refs: readonly string[], capabilities = 'multi_ack agent=git/2'): string => {
	const [first = '', ...rest] = refs;
	return [
		line('# service=git-upload-pack\n'),
		'0000',
		...(first === '' ? [] : [line(`${first}\0${capabilities}\n`)]),
		...rest.map((ref) => line(`${ref}\n`)),
		'0000',
	].join('');
};

const read = (text: string | Uint8Array, limits?: AdvertisementLimits) => {
	const reader = createAdvertisementReader(limits);
	reader.push(Buffer.from(text));
	return reader.finish();
};

const failureOf = (text: string | Uint8Array, limits?: AdvertisementLimits) => {
	try {
		read(text, limits);
	} catch (error) {
		return error instanceof FailureError ? error.failure : error;
	}

	return undefined;
};

describe('createAdvertisementReader', () => {
	it('gives branches and tags, and the branch that HEAD names', () => {
		const text = advertise(
			[
				`${oid('a')} HEAD`,
				`${oid('a')} refs/heads/main`,
				`${oid('b')} refs/heads/feature/é`,
				`${oid('c')} refs/tags/v1`,
				`${oid('d')} refs/tags/v1^{}`,
			],
			'multi_ack symref=HEAD:refs/heads/main agent=git/2',
		);
		expect(read(text)).toEqual({
			head: 'refs/heads/main',
			refused: [],
			refs: new Map([
				['refs/heads/main', oid('a')],
				['refs/heads/feature/é', oid('b')],
				['refs/tags/v1', oid('c')],
			]),
		});
	});

	it('gives refs beside branches and tags, and leaves out what is no ref', () => {
		const text = advertise([
			`${oid('a')} refs/pull-requests/1/from`,
			`${oid('a')} refs/notes/commits`,
			`${oid('a')} other/x`,
		]);
		const names = ['refs/pull-requests/1/from', 'refs/notes/commits'];
		expect([...read(text).refs.keys()]).toEqual(names);
	});

	it('leaves out refs that are broken upstream, with any name', () => {
		const text = advertise([`${oid('0')} refs/heads/a..b`, `${oid('a')} refs/heads/main`]);
		expect([...read(text).refs.keys()]).toEqual(['refs/heads/main']);
	});

	it('understands repositories with SHA-256', () => {
		const long = 'e'.repeat(64);
		expect(read(advertise([`${long} refs/heads/main`])).refs.get('refs/heads/main')).toBe(long);
	});

	it('finds no refs in an empty repository, in both forms of the answer', () => {
		const nothing = {refs: new Map(), head: undefined, refused: []};
		expect(read(advertise([`${oid('0')} capabilities^{}`]))).toEqual(nothing);
		expect(read(advertise([]))).toEqual(nothing);
	});

	it('understands lines without a line feed and a first line without capabilities', () => {
		const text = `${line('# service=git-upload-pack')}0000${line(`${oid('a')} refs/heads/x`)}0000`;
		expect(read(text).refs).toEqual(new Map([['refs/heads/x', oid('a')]]));
	});

	it.each(['refs/tags/v1', 'refs/heads/../../x', 'HEAD', 'refs/heads/'])(
		'takes no HEAD at %s',
		(target) => {
			const text = advertise([`${oid('a')} refs/heads/main`], `symref=HEAD:${target}`);
			expect(read(text).head).toBeUndefined();
		},
	);

	it('reads the same wherever the stream is cut', () => {
		const bytes = Buffer.from(advertise([`${oid('a')} HEAD`, `${oid('a')} refs/heads/日本`]));
		for (let at = 0; at <= bytes.length; at += 1) {
			const reader = createAdvertisementReader();
			reader.push(bytes.subarray(0, at));
			reader.push(bytes.subarray(at));
			expect([...reader.finish().refs.keys()]).toEqual(['refs/heads/日本']);
		}
	});

	it.each([
		'refs/heads/a..b',
		'refs/heads/.git',
		'refs/heads/a\tb',
		'refs/heads/\u001b[31mred',
		'refs/heads/../../../etc/passwd',
		'refs/heads/a b',
		'refs/tags/x.lock',
		'refs/heads/',
	])('fails the repository that claims a ref %j', (name) => {
		expect(failureOf(advertise([`${oid('a')} HEAD`, `${oid('a')} ${name}`]))).toMatchObject({
			kind: 'answer-refused',
		});
	});

	it('fails a repository that has one ref twice', () => {
		const text = advertise([`${oid('a')} refs/heads/x`, `${oid('b')} refs/heads/x`]);
		expect(failureOf(text)).toMatchObject({kind: 'answer-refused'});
	});

	it.each(['refs/heads/x/y', 'refs/heads/x/y/z'])(
		'fails a repository that has refs/heads/x and %s, of which git allows only one',
		(name) => {
			const others = ['refs/heads/x-y', 'refs/heads/xy/z', 'refs/tags/x/y'];
			const refs = [...others, 'refs/heads/x'].map((ref) => `${oid('a')} ${ref}`);
			expect(read(advertise(refs)).refs.size).toBe(4);
			expect(failureOf(advertise([...refs, `${oid('a')} ${name}`]))).toMatchObject({
				kind: 'answer-refused',
			});
		},
	);

	it('fails a repository whose ids are of two lengths', () => {
		const text = advertise([`${oid('a')} refs/heads/x`, `${'b'.repeat(64)} refs/heads/y`]);
		expect(failureOf(text)).toMatchObject({kind: 'answer-refused'});
	});

	it('writes the bytes of a name that are not UTF-8 as text', () => {
		const bytes = Buffer.from(advertise([`${oid('a')} refs/heads/é?y`]));
		bytes[bytes.indexOf('?')] = 0xff;
		const reader = createAdvertisementReader();
		reader.push(bytes);
		expect([...reader.finish().refs.keys()]).toEqual([String.raw`refs/heads/é\xffy`]);
	});

	it('names the refs that a mirror keeps for Cistern', () => {
		const {refs, refused} = read(advertise([`${oid('a')} refs/cistern/x`, `${oid('a')} refs/x`]));
		expect([[...refs.keys()], refused]).toEqual([['refs/x'], ['refs/cistern/x']]);
	});

	it("recognizes Bitbucket's own passing trouble in every form", () => {
		const trouble =
			'Error running git: fork/exec /usr/bin/git-upload-pack: no such file or directory';
		const service = `${line('# service=git-upload-pack\n')}0000`;
		for (const text of [
			`${service}${line(trouble)}0000`,
			`${service}${line(`ERR ${trouble}`)}`,
			`${service}${trouble}`,
			trouble,
		]) {
			expect(failureOf(text)).toMatchObject({kind: 'server-error', status: 200});
		}
	});

	it.each([
		['a page', '<!DOCTYPE html><title>Log in</title>'],
		["a server's refusal", `${line('# service=git-upload-pack\n')}0000${line('ERR no')}`],
		['a newer protocol', `${line('version 2\n')}0000`],
		['another service', `${line('# service=git-receive-pack\n')}0000`],
		['a flush and nothing else', '0000'],
		['refs without the service before them', `${line(`${oid('a')} refs/heads/x`)}0000`],
		['something behind the end', `${advertise([`${oid('a')} refs/heads/x`])}0000`],
		['an id of the wrong length', advertise([`${'a'.repeat(41)} refs/heads/x`])],
		['a short id', advertise(['abc refs/heads/x'])],
	])('calls %s an unexpected answer', (_, text) => {
		expect(failureOf(text)).toMatchObject({kind: 'unexpected-answer'});
	});

	it('never accepts a list of refs that ends early', () => {
		const whole = advertise([`${oid('a')} HEAD`, `${oid('a')} refs/heads/main`]);
		for (let length = 0; length < whole.length; length += 1) {
			expect(failureOf(whole.slice(0, length))).toMatchObject({
				kind: 'network',
				problem: 'cut-short',
			});
		}
	});

	it('notices a line that begins after the end', () => {
		const whole = advertise([`${oid('a')} refs/heads/main`]);
		expect(failureOf(`${whole}00`)).toMatchObject({kind: 'network', problem: 'cut-short'});
	});

	it('stops at the limits for bytes and refs', () => {
		const text = advertise(['a', 'b', 'c'].map((name) => `${oid('a')} refs/heads/${name}`));
		expect(read(text, {bytes: text.length, refs: 3}).refs.size).toBe(3);
		expect(failureOf(text, {bytes: text.length - 1, refs: 3})).toMatchObject({
			kind: 'answer-refused',
		});
		expect(failureOf(text, {bytes: text.length, refs: 2})).toMatchObject({
			kind: 'answer-refused',
		});
	});
});

describe('the stream of pkt-lines', () => {
	const readPieces = (pieces: readonly Buffer[]): unknown => {
		const reader = createAdvertisementReader();
		try {
			for (const piece of pieces) {
				reader.push(piece);
			}
			return reader.finish();
		} catch (error) {
			return error instanceof FailureError ? error.failure : error;
		}
	};

	it('gives the same byte by byte', () => {
		const bytes = Buffer.from(advertise([`${oid('a')} HEAD`, `${oid('a')} refs/heads/日本`]));
		expect(readPieces([...bytes].map((byte) => Buffer.of(byte)))).toEqual(readPieces([bytes]));
	});

	it('gives the same for all names in all pieces', () => {
		const names = fc.uniqueArray(fc.stringMatching(/^[a-z日é]{1,300}$/), {maxLength: 20});
		fc.assert(
			fc.property(names, fc.array(fc.integer({min: 1, max: 50})), (branches, sizes) => {
				const whole = Buffer.from(
					advertise(branches.map((name) => `${oid('a')} refs/heads/${name}`)),
				);
				const pieces: Buffer[] = [];
				let at = 0;
				for (const size of sizes) {
					pieces.push(whole.subarray(at, at + size));
					at += size;
				}
				expect(readPieces([...pieces, whole.subarray(at)])).toEqual(readPieces([whole]));
			}),
		);
	});

	it('may hold the longest line that git writes', () => {
		const start = `${oid('a')} refs/notes/`;
		const name = 'x'.repeat(65_516 - start.length);
		const text = `${line('# service=git-upload-pack\n')}0000${line(start + name)}0000`;
		expect(read(text).refs.size).toBe(1);
	});

	it.each(['0001', '0002', '0003x', 'fff1', 'ffff', '-001', '0x10', ' 123', '+012', '<html>'])(
		'may not hold %j, however it is cut',
		(garbage) => {
			const bytes = Buffer.from(`${line('# service=git-upload-pack\n')}0000${garbage}`);
			for (let at = 0; at <= bytes.length; at += 1) {
				expect(readPieces([bytes.subarray(0, at), bytes.subarray(at)])).toEqual({
					kind: 'unexpected-answer',
					detail: `it answered "${garbage}" instead of refs`,
				});
			}
		},
	);
});
