import {join} from 'node:path';
import {acceptGaps, findAcceptable} from '../../source/engine/backup/accept-gaps.ts';
import {findRepositories} from '../../source/engine/saved/find-repositories.ts';
import {parts} from '../../source/parts/registry.ts';
import {makeWorld} from './backup.ts';
import type {FakeClock} from './fake-clock.ts';

/** As `cistern accept-missing NAME` does for a part, in the backup of `acme`. Gives what was accepted. */
export const acceptAll = async (
	backup: {readonly folder: string; readonly clock: FakeClock},
	name: string,
	part: string,
): Promise<readonly string[]> => {
	const {files, digest, clock, openGit} = makeWorld(backup.clock);
	const from = [{source: 'acme', folder: join(backup.folder, 'acme')}];
	const repositories = await findRepositories(files, from, [name], parts, true);
	const {signal} = new AbortController();
	const tools = {files, digest, clock, signal, run: 'accept', git: openGit('accept'), parts};
	const found = await findAcceptable(tools, part, repositories);
	for (const one of found) {
		await acceptGaps(tools, one);
	}

	return found.flatMap(({missing}) => missing);
};
