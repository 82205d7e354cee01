import {describe, expect, it} from 'vitest';
import {findHome} from '../../source/adapters/home-folder.ts';
import {StopError} from '../../source/domain/failure/failure.ts';

const unknown = (): string => {
	throw new Error('uv_os_homedir returned ENOENT');
};

describe('findHome', () => {
	it('takes the first that names a folder', () => {
		expect(findHome([() => '/home/ann', () => '/root'])).toBe('/home/ann');
		expect(findHome([() => '', () => '/root'])).toBe('/root');
		expect(findHome([unknown, () => '/root'])).toBe('/root');
	});

	it('says what to do for a user who has none', () => {
		expect(() => findHome([unknown, unknown])).toThrow(StopError);
		expect(() => findHome([() => '', unknown])).toThrow('HOME names none');
	});
});
