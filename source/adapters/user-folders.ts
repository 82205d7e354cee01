import {homedir, userInfo} from 'node:os';
import {resolve} from 'node:path';
import {StopError} from '../domain/failure/failure.ts';

type ReadHome = () => string;

/** The environment's home folder, or the system's if the environment has none. */
const usualWays: readonly ReadHome[] = [homedir, () => userInfo().homedir];

/**
 * Absolute path of the user's home folder. Throws a StopError if there is none, as for a user
 * id that no user of a container's system has.
 */
export const findHome = (ways: readonly ReadHome[] = usualWays): string => {
	for (const read of ways) {
		const home = tryTo(read);
		if (home !== '') {
			return home;
		}
	}

	throw new StopError('This user has no home folder, and HOME is not set.', {
		advice: 'Set HOME to the folder where settings are to be found, such as HOME=/srv/cistern.',
	});
};

/** Node throws if the system has no entry for the user. */
const tryTo = (read: ReadHome): string => {
	try {
		return read();
	} catch {
		return '';
	}
};

/** Absolute paths of the user's folders for Cistern: configuration, and state that may be lost. */
export const findOwnFolders = async (
	home: string,
): Promise<{readonly config: string; readonly state: string}> => {
	// Loaded after the home folder was found: without one, env-paths throws when it is loaded.
	const {default: envPaths} = await import('env-paths');
	// With an empty HOME its path is relative.
	const {config, log} = envPaths('cistern', {suffix: ''});
	// On Linux its place for logs is the one for state ($XDG_STATE_HOME).
	return {config: resolve(home, config), state: resolve(home, log)};
};
