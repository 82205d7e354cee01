import {expect, it} from 'vitest';
import {formatCompactTime, readCompactTime} from '../../../source/domain/text/compact-time.ts';

it('a compact time comes back as it was, in whole seconds', () => {
	const compact = formatCompactTime(Date.parse('2026-11-23T19:58:53.417Z'));
	expect(compact).toBe('20261123T195853Z');
	expect(readCompactTime(compact)).toBe('2026-11-23T19:58:53Z');
});

it.each(['', 'api', '20261123', '20261123T195853', '20261123T195853Z-4fa31c'])(
	'"%s" is none',
	(text) => {
		expect(readCompactTime(text)).toBeUndefined();
	},
);
