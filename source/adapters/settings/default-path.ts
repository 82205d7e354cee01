import {join} from 'node:path';
import type {Environment} from '../../domain/settings/variables.ts';
import {readVariable} from '../../domain/settings/variables.ts';

/**
 * `settings.yml` in the user's folder for Cistern's configuration, the same folder that env-paths
 * (and with it conf) gives on each system.
 */
export const findDefaultPath = (
	platform: NodeJS.Platform,
	environment: Environment,
	home: string,
): string => join(configFolder(platform, environment, home), 'settings.yml');

const configFolder = (
	platform: NodeJS.Platform,
	environment: Environment,
	home: string,
): string => {
	switch (platform) {
		case 'darwin':
			return join(home, 'Library', 'Preferences', 'cistern');
		case 'win32': {
			const roaming = readVariable(environment, 'APPDATA') ?? join(home, 'AppData', 'Roaming');
			return join(roaming, 'cistern', 'Config');
		}
		default:
			return join(readVariable(environment, 'XDG_CONFIG_HOME') ?? join(home, '.config'), 'cistern');
	}
};
