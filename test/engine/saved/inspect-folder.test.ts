import {mkdirSync, readdirSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {openFiles} from '../../../source/adapters/files/files.ts';
import {inspectFolder} from '../../../source/engine/saved/inspect-folder.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';

const inspect = (path: string) => inspectFolder(path, openFiles());

describe('inspectFolder', () => {
	it('creates a missing folder, readable by its user only, and leaves nothing in it', async () => {
		const path = join(makeTemporaryFolder(), 'a', 'b');
		expect(await inspect(path)).toMatchObject({path, isNew: true, holds: 'nothing'});
		expect(statSync(path).mode & 0o777).toBe(0o700);
		expect(readdirSync(path)).toEqual([]);
	});

	it('reports the free space', async () => {
		const report = await inspect(makeTemporaryFolder());
		expect(report.isNew).toBe(false);
		expect(report.freeSpace).toBeGreaterThan(0);
	});

	it('recognizes a folder of SCM Backup, of Cistern, and others', async () => {
		const path = makeTemporaryFolder();
		writeFileSync(join(path, 'notes.txt'), '');
		expect(await inspect(path)).toMatchObject({holds: 'other', repositories: 0});
		mkdirSync(join(path, 'acme', 'acme#api', 'repo'), {recursive: true});
		mkdirSync(join(path, 'acme', 'acme#web', 'repo'), {recursive: true});
		expect(await inspect(path)).toMatchObject({holds: 'scm-backup', repositories: 2});
		mkdirSync(join(path, 'acme', '.cistern'));
		expect(await inspect(path)).toMatchObject({holds: 'cistern', repositories: 2});
	});

	it('refuses a file', async () => {
		const file = join(makeTemporaryFolder(), 'file');
		writeFileSync(file, '');
		await expect(inspect(file)).rejects.toMatchObject({failure: {kind: 'folder-unusable'}});
	});
});
