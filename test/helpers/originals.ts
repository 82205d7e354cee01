import {cpSync, mkdtempSync} from 'node:fs';
import {join} from 'node:path';
import {inject} from 'vitest';
import type {SandboxRepository} from '../../source/sandbox/model.ts';
import {startSandbox} from '../../source/sandbox/start-sandbox.ts';
import {addAccess, makeSource, runBackup} from './backup.ts';
import {copySavedAs} from './copy-saved.ts';
import {commitFile} from './upstream.ts';

/** A repository upstream with one commit, and the folder that a backup made for it. */
type Original = {readonly upstream: string; readonly saved: string};

/** Each has another commit. */
const count = 5;

const originals = new Map<number, Promise<Original>>();

const saveOriginal = async (number: number): Promise<Original> => {
	const folder = mkdtempSync(join(inject('originalsFolder'), 'original-'));
	const sandbox = await startSandbox({folder});
	addAccess(sandbox);
	sandbox.addWorkspace({slug: 'acme'});
	const {path} = sandbox.addRepository({workspace: 'acme', slug: 'original'});
	// Before all dates of a test: the commits of the one that needs it first are dated as in the others.
	await commitFile(path, {content: `original ${number}\n`, at: 1_770_000_000});
	await runBackup(join(folder, 'backup'), [makeSource(sandbox)]);
	await sandbox.close();
	return {upstream: path, saved: join(folder, 'backup', 'acme', 'acme#original')};
};

/**
 * Fills an empty repository and the folder of its backup as a first run would have left them, with
 * no process: both are copies. Repositories of numbers that are next to each other differ.
 */
export const copyOriginal = async (
	number: number,
	{path, uuid, slug}: SandboxRepository,
	folder: string,
): Promise<void> => {
	const which = number % count;
	const original = originals.get(which) ?? saveOriginal(which);
	originals.set(which, original);
	const {upstream, saved} = await original;
	cpSync(upstream, path, {recursive: true});
	await copySavedAs(saved, folder, {uuid: uuid.slice(1, -1), slug});
};
