import {Readable} from 'node:stream';
import {openClock} from './adapters/clock.ts';
import {openFiles} from './adapters/files/files.ts';
import {openSettings} from './adapters/settings/open-settings.ts';
import {findHome, findOwnFolders} from './adapters/user-folders.ts';
import {openNames} from './completion/saved-names.ts';
import type {ReadNames} from './completion/suggest.ts';

/** Opens settings and files alone: the whole world would take twice as long to load. */
export const openNamesHere = async ({platform, env}: NodeJS.Process): Promise<ReadNames> => {
	const home = findHome();
	const {config: folder} = await findOwnFolders(home);
	const settings = openSettings({platform, home, folder, input: Readable.from([])});
	return openNames({environment: env, settings, files: openFiles(), clock: openClock()});
};
