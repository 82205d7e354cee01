import {execFileSync} from 'node:child_process';
import {resolve} from 'node:path';
import {describe, expect, it} from 'vitest';
import {findHome} from '../../source/adapters/user-folders.ts';
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
		expect(() => findHome([() => '', unknown])).toThrow('HOME is not set');
	});
});

/** env-paths reads the platform and the environment when it is loaded, hence a process for each. */
const configFolder = (platform: string, environment: NodeJS.ProcessEnv): string => {
	const source = resolve('source/adapters/user-folders.ts');
	const script = `Object.defineProperty(process, 'platform', {value: '${platform}'});
		const {findOwnFolders} = await import(${JSON.stringify(source)});
		process.stdout.write((await findOwnFolders('/home/ann')).config);`;
	return execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
		encoding: 'utf8',
		env: {HOME: '/home/ann', ...environment},
	});
};

describe('the folder for configuration', () => {
	it.each([
		['linux', {XDG_CONFIG_HOME: '/etc/ann'}, '/etc/ann/cistern'],
		['linux', {XDG_CONFIG_HOME: '', HOME: ''}, '/home/ann/.config/cistern'],
		['darwin', {}, '/home/ann/Library/Preferences/cistern'],
		['win32', {}, '/home/ann/AppData/Roaming/cistern/Config'],
	] as const)('on %s with %j is %s', (platform, environment, folder) => {
		expect(configFolder(platform, environment)).toBe(folder);
	});
});
