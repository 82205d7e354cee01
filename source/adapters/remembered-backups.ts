import {hash} from 'node:crypto';
import {mkdir, rm} from 'node:fs/promises';
import {join} from 'node:path';
import * as v from 'valibot';
import {parseJson} from '../domain/json.ts';
import type {BackupMemory} from '../ports/world.ts';
import {readText, replaceFile} from './files/small-file.ts';

const form = v.object({
	folder: v.string(),
	workspace: v.string(),
	at: v.pipe(v.string(), v.isoTimestamp()),
	repositories: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
});

/**
 * The `BackupMemory` port: a small JSON file for each source's folder, below `folder`. Runs that end
 * at the same time write different files. A computer that cannot keep it does without, because no
 * backup depends on it.
 */
export const openBackupMemory = (folder: string): BackupMemory => {
	const pathOf = (backup: string): string =>
		join(folder, `${hash('sha256', backup).slice(0, 32)}.json`);
	return {
		recall: async (backup) => {
			const text = await readText(pathOf(backup)).catch(() => '');
			const read = v.safeParse(form, parseJson(text));
			return read.success && read.output.folder === backup ? read.output : undefined;
		},
		remember: async (backup) => {
			try {
				await mkdir(folder, {recursive: true, mode: 0o700});
				await replaceFile(pathOf(backup.folder), `${JSON.stringify(backup)}\n`);
			} catch {
				// The next complete run tries again.
			}
		},
		forget: async (backup) => {
			await rm(pathOf(backup), {force: true}).catch(() => undefined);
		},
	};
};
