import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {onTestFinished} from 'vitest';

/** An empty folder that is gone when the test ends. */
export const makeTemporaryFolder = (): string => {
	const folder = mkdtempSync(join(tmpdir(), 'cistern-test-'));
	onTestFinished(() => rmSync(folder, {recursive: true, force: true}));
	return folder;
};
