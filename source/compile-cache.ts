import {enableCompileCache} from 'node:module';
import {isAbsolute, join} from 'node:path';

/**
 * Lets Node keep what it compiled for the next start. In the user's own folder and not in Node's
 * usual one, which all users of a machine can write to: what lies there is run. Where there is no
 * such folder, or it cannot be written, Node does without.
 */
export const keepCompiled = ({platform, env}: NodeJS.Process): void => {
	const folder = cacheFolder(platform, env);
	if (folder !== undefined && isAbsolute(folder)) {
		enableCompileCache(join(folder, 'cistern', 'compiled'));
	}
};

const cacheFolder = (platform: NodeJS.Platform, env: NodeJS.ProcessEnv): string | undefined => {
	const home = env['HOME'];
	if (platform === 'win32') {
		return env['LOCALAPPDATA'];
	}

	if (platform === 'darwin') {
		return home && join(home, 'Library', 'Caches');
	}

	return env['XDG_CACHE_HOME'] || (home && join(home, '.cache'));
};
