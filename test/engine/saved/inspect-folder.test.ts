import {mkdirSync, readdirSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {openFiles} from '../../../source/adapters/files/files.ts';
import {inspectFolder} from '../../../source/engine/saved/inspect-folder.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';

const inspect = (path: string) => inspectFolder(path, openFiles());

describe('inspectFolder', () => {
	it('makes a folder that is not there, for its user alone, and leaves nothing in it', async () => {
		const path = join(makeTemporaryFolder(), 'a', 'b');
		expect(await inspect(path)).toMatchObject({path, isNew: true, holds: 'nothing'});
		expect(statSync(path).mode & 0o777).toBe(0o700);
		expect(readdirSync(path)).toEqual([]);
	});

	it('says how much room there is', async () => {
		const report = await inspect(makeTemporaryFolder());
		expect(report.isNew).toBe(false);
		expect(report.freeSpace).toBeGreaterThan(0);
	});

	it("knows SCM Backup's folder, its own, and others", async () => {
		const path = makeTemporaryFolder();
		writeFileSync(join(path, 'notes.txt'), '');
		expect(await inspect(path)).toMatchObject({holds: 'other', repositories: 0});
		mkdirSync(join(path, 'acme', 'acme#api', 'repo'), {recursive: true});
		mkdirSync(join(path, 'acme', 'acme#web', 'repo'), {recursive: true});
		expect(await inspect(path)).toMatchObject({holds: 'scm-backup', repositories: 2});
		mkdirSync(join(path, 'acme', '.cistern'));
		expect(await inspect(path)).toMatchObject({holds: 'cistern', repositories: 2});
	});

	it('refuses what is no folder', async () => {
		const file = join(makeTemporaryFolder(), 'file');
		writeFileSync(file, '');
		await expect(inspect(file)).rejects.toMatchObject({failure: {kind: 'folder-unusable'}});
	});
});
