import {describe, expect, it} from 'vitest';
import {formatSize} from '../../../source/ui/text/size.ts';

describe('a size in words', () => {
	it.each([
		[0, '0 B'],
		[999, '999 B'],
		[1000, '1.0 kB'],
		[14_240_000, '14.2 MB'],
		[99_940_000, '99.9 MB'],
		[99_960_000, '100 MB'],
		[330_400_000, '330 MB'],
		[999_600_000, '1.0 GB'],
		[4_100_000_000, '4.1 GB'],
		[5_000_000_000_000_000, '5000 TB'],
	])('%d bytes read %s', (bytes, text) => {
		expect(formatSize(bytes)).toBe(text);
	});
});
