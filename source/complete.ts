import {Readable} from 'node:stream';
import {openClock} from './adapters/clock.ts';
import {openFiles} from './adapters/files/files.ts';
import {openSettings} from './adapters/settings/open-settings.ts';
import {findHome, findOwnFolders} from './adapters/user-folders.ts';
import {openNames} from './completion/saved-names.ts';
import {findShell} from './completion/shells.ts';
import {makeSuggest, type ReadNames} from './completion/suggest.ts';

/**
 * Answers the script of a shell. A user who presses Tab waits for it, so it opens the settings and
 * files alone, and not the whole world. It is silent about every error, because it writes between a
 * user's prompt and cursor.
 */
export const complete = async (
	{platform, env, stdout}: NodeJS.Process,
	shell: string,
	handed: readonly string[],
): Promise<void> => {
	const readNames: ReadNames = async (...asked) => {
		const home = findHome();
		const {config: folder} = await findOwnFolders(home);
		const settings = openSettings({platform, home, folder, input: Readable.from([])});
		return openNames({environment: env, settings, files: openFiles(), clock: openClock()})(
			...asked,
		);
	};
	const suggest = makeSuggest((...asked) => readNames(...asked).catch(() => []));
	stdout.write((await findShell(shell)?.answer(handed, suggest)) ?? '');
};
