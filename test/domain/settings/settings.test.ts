import {expect, it} from 'vitest';
import {usualTransfers} from '../../../source/domain/settings/settings.ts';

it('runs more transfers on more processors, from 4 to 16', () => {
	expect([1, 2, 3, 4, 64].map(usualTransfers)).toEqual([4, 8, 12, 16, 16]);
});
