import {expect, it} from 'vitest';
import {usualTransfers} from '../../../source/domain/settings/settings.ts';

it('transfers more at once the more a machine does at once, and not too many for a host', () => {
	expect([1, 2, 3, 4, 64].map(usualTransfers)).toEqual([4, 8, 12, 16, 16]);
});
