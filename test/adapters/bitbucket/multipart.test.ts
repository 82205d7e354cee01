import {describe, expect, it} from 'vitest';
import {fileNameOf, readMultipart} from '../../../source/adapters/bitbucket/multipart.ts';
import {FailureError} from '../../../source/domain/failure/failure.ts';

const type = 'multipart/related; start="snippet"; boundary="===123=="';

const bodyOf = (parts: readonly string[], lineEnd: string, end = '--'): Buffer =>
	Buffer.from(
		`${parts.map((part) => `--===123==${lineEnd}${part}${lineEnd}`).join('')}--===123==${end}`,
		'latin1',
	);

const contentsOf = (body: Buffer): readonly (string | undefined)[] =>
	readMultipart(body, type).map(({content}) => content?.toString('latin1'));

describe('an answer of several parts', () => {
	it.each(['\n', '\r\n'])('gives each part byte for byte, with lines that end with %j', (end) => {
		const parts = [
			`Content-Type: application/json${end}${end}{"id": "kypj"}`,
			`Content-ID: "a"${end}${end}one${end}${end}--- two\r`,
			`Content-Transfer-Encoding: binary${end}${end}\u0000\u00ff\r\n\n`,
			`Content-Transfer-Encoding: base64${end}${end}AAEC${end}/w==`,
			`${end}`,
		];
		expect(contentsOf(bodyOf(parts, end))).toEqual([
			'{"id": "kypj"}',
			`one${end}${end}--- two\r`,
			'\u0000\u00ff\r\n\n',
			'\u0000\u0001\u0002\u00ff',
			'',
		]);
	});

	it('leaves out a content that it cannot decode', () => {
		const encoded = ['quoted-printable', 'x-own', 'base64'].map(
			(encoding) => `Content-Transfer-Encoding: ${encoding}\n\n=41 ?`,
		);
		expect(contentsOf(bodyOf(encoded, '\n'))).toEqual([undefined, undefined, undefined]);
	});

	it.each([
		['attachment; filename="foo.txt"', 'foo.txt'],
		['attachment; filename=foo.txt', 'foo.txt'],
		['attachment; filename="a \\"b\\"; c"', 'a "b"; c'],
		['attachment;\n filename="folded"', 'folded'],
		['attachment; filename="F.txt"; filename*=utf-8\'\'F%C3%B6.txt', 'Fö.txt'],
		["attachment; filename*=utf-8''%ff", undefined],
		['attachment; filename="MÃ¤rz"', 'März'],
		['inline', undefined],
	])('names its file: %s', (disposition, name) => {
		const [part] = readMultipart(bodyOf([`Content-Disposition: ${disposition}\n\nx`], '\n'), type);
		expect(part && fileNameOf(part)).toBe(name);
	});

	it.each([
		['cut short', bodyOf(['\n'], '\n', ''), type],
		['without a part', Buffer.from('no part'), type],
		['without a boundary', bodyOf(['\n'], '\n'), 'multipart/related'],
		['with a part without content', bodyOf(['Content-ID: x'], '\n'), type],
	])('is refused where it is %s', (_, body, contentType) => {
		expect(() => readMultipart(body, contentType)).toThrow(FailureError);
	});
});
