import {describe, expect, it} from 'vitest';
import {parsePointer} from '../../../source/domain/lfs/pointer.ts';

const oid = '4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393';
const version = 'version https://git-lfs.github.com/spec/v1';
const pointer = `${version}\noid sha256:${oid}\nsize 12345\n`;

describe('a pointer', () => {
	it.each([
		['as git-lfs writes it', pointer],
		['with the line ends of Windows', pointer.replaceAll('\n', '\r\n')],
		['without its last line feed', pointer.trimEnd()],
		['with blank lines around it', `\n\n${pointer}\n`],
		['of the first name', pointer.replace('git-lfs.github', 'hawser.github')],
		['of git-media', pointer.replace(version, 'version http://git-media.io/v/2')],
	])('is read %s', (_, text) => {
		expect(parsePointer(text)).toEqual({oid, size: 12345, isExtended: false});
	});

	it('tells that extensions changed its content', () => {
		const lines = [version, `ext-0-gzip sha256:${'0'.repeat(64)}`, `oid sha256:${oid}`, 'size 7'];
		expect(parsePointer(lines.join('\n'))).toEqual({oid, size: 7, isExtended: true});
	});

	it.each([
		['an id in capitals', pointer.replace(oid, oid.toUpperCase())],
		['a short id', pointer.replace(oid, oid.slice(1))],
		['another hash', pointer.replace('sha256:', 'md5:')],
		['no size', `${version}\noid sha256:${oid}\n`],
		['a negative size', pointer.replace('12345', '-1')],
		['a size that no disk has', pointer.replace('12345', '9'.repeat(30))],
		['an empty file', pointer.replace('12345', '0')],
		['an unknown version', pointer.replace('v1', 'v9')],
		['a version that is not first', `oid sha256:${oid}\n${version}\nsize 5\n`],
		['more text', `${pointer}and this\n`],
		['an unknown line', pointer.replace('\noid', '\nname a\noid')],
	])('is not made of %s', (_, text) => {
		expect(parsePointer(text)).toBeUndefined();
	});
});
