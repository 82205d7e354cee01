import {existsSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, it} from 'vitest';
import {openFiles} from '../../../source/adapters/files/files.ts';
import {buildAside} from '../../../source/engine/restore/to-folder.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';

/** Runs a build that fails half-way, and returns the runs whose processes were ended. */
const failToBuild = async (interrupt: boolean) => {
	const folder = makeTemporaryFolder();
	const target = join(folder, 'api');
	const beside = join(folder, '.api.cistern-restore');
	const interruption = new AbortController();
	const ended: string[] = [];
	const endProcesses = async (run: string): Promise<void> => void ended.push(run);
	const tools = {files: openFiles(), run: 'this', endProcesses, signal: interruption.signal};
	const building = buildAside(tools, {target, beside}, async (work) => {
		writeFileSync(join(work, 'half'), '');
		if (interrupt) {
			interruption.abort();
		}

		throw new Error('it cannot be built');
	});
	await expect(building).rejects.toThrow('it cannot be built');
	return {ended, isLeft: existsSync(target) || existsSync(beside)};
};

it('removes a failed restore, and leaves the git processes of other restores alone', async () => {
	expect(await failToBuild(false)).toEqual({ended: [], isLeft: false});
});

it('ends the git processes of an interrupted restore before it removes their work', async () => {
	expect(await failToBuild(true)).toEqual({ended: ['this'], isLeft: false});
});
