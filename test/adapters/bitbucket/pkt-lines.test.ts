import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {createPktLineReader} from '../../../source/adapters/bitbucket/pkt-lines.ts';

const toPktLine = (payload: string): string =>
	(Buffer.byteLength(payload) + 4).toString(16).padStart(4, '0') + payload;

/** Reads the chunks; garbage is joined, as it may come in any pieces. */
const readAll = (chunks: readonly Buffer[]) => {
	const seen: string[] = [];
	let garbage = '';
	const reader = createPktLineReader({
		onLine: (bytes, start, end) => seen.push(`line ${bytes.toString('utf8', start, end)}`),
		onFlush: () => seen.push('flush'),
		onGarbage: (bytes) => {
			garbage += Buffer.from(bytes).toString();
		},
	});
	for (const chunk of chunks) {
		reader.push(chunk);
	}

	return {seen, garbage, isComplete: reader.isComplete()};
};

const stream = Buffer.from(
	`${toPktLine('# service\n')}0000${toPktLine('é refs/heads/日本\n')}00040000`,
);
const expected = {
	seen: ['line # service\n', 'flush', 'line é refs/heads/日本\n', 'line ', 'flush'],
	garbage: '',
	isComplete: true,
};

describe('createPktLineReader', () => {
	it('reads lines, empty lines and flushes', () => {
		expect(readAll([stream])).toEqual(expected);
	});

	it('gives the same wherever the stream is cut in two', () => {
		for (let at = 0; at <= stream.length; at += 1) {
			expect(readAll([stream.subarray(0, at), stream.subarray(at)])).toEqual(expected);
		}
	});

	it('gives the same byte by byte', () => {
		expect(readAll([...stream].map((byte) => Buffer.of(byte)))).toEqual(expected);
	});

	it('gives the same for every content in every chunking', () => {
		const payloads = fc.array(fc.option(fc.string({unit: 'binary', maxLength: 300})));
		fc.assert(
			fc.property(payloads, fc.array(fc.integer({min: 1, max: 50})), (lines, sizes) => {
				const whole = Buffer.from(
					lines.map((line) => (line === null ? '0000' : toPktLine(line))).join(''),
				);
				const chunks: Buffer[] = [];
				let at = 0;
				for (const size of sizes) {
					chunks.push(whole.subarray(at, at + size));
					at += size;
				}
				expect(readAll([...chunks, whole.subarray(at)])).toEqual(readAll([whole]));
			}),
		);
	});

	it('reads the longest line that git writes', () => {
		const payload = 'x'.repeat(65_516);
		expect(readAll([Buffer.from(toPktLine(payload))]).seen).toEqual([`line ${payload}`]);
	});

	it.each(['0', '00', '0000000', '0005', '0009abc'])('knows that %j is cut short', (text) => {
		expect(readAll([Buffer.from(text)]).isComplete).toBe(false);
	});

	it.each([
		'Error running git: fork/exec',
		'0001',
		'0002',
		'0003x',
		'fff1',
		'ffff',
		'-001',
		'0x10',
		' 123',
		'+012',
		'<html>',
	])('hands out %j, which begins no line, as garbage', (text) => {
		const bytes = Buffer.from(`0000${text}`);
		for (let at = 0; at <= bytes.length; at += 1) {
			const {seen, garbage} = readAll([bytes.subarray(0, at), bytes.subarray(at)]);
			expect({seen, garbage}).toEqual({seen: ['flush'], garbage: text});
		}
	});
});
