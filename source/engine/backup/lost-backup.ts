import {type Failure, FailureError} from '../../domain/failure/failure.ts';
import {joinPath, ownFolder, recordFile} from '../../domain/plan/layout.ts';
import type {SourceReport} from '../../domain/run/events.ts';
import type {Files} from '../../ports/files.ts';
import type {Run, Session} from '../session.ts';

export type BackupMissing = Extract<Failure, {readonly kind: 'backup-missing'}>;

/**
 * Finds sources that this computer remembers as completely backed up, and that have nothing in their
 * folders now: most likely a disk is not mounted. By title. If there is one, and no source of the
 * backup folder has anything, none may begin there. Writes nothing.
 */
export const findLostBackups = async (run: Run): Promise<ReadonlyMap<string, BackupMissing>> => {
	const {world, settings} = run;
	const lost = new Map<string, BackupMissing>();
	let isAnythingThere = false;
	for (const {title, workspace} of settings.sources) {
		const folder = joinPath(settings.localFolder, title);
		const known = await world.backups.recall(folder);
		const isThere = await holdsBackup(world.files, folder);
		isAnythingThere ||= isThere;
		if (known !== undefined && known.workspace === workspace && !isThere) {
			const {at, repositories} = known;
			lost.set(title, {kind: 'backup-missing', path: folder, at, repositories});
		}
	}

	const [first] = lost.values();
	return first === undefined || isAnythingThere
		? lost
		: new Map(settings.sources.map(({title}) => [title, lost.get(title) ?? first]));
};

/** With `--start-over`: forgets the lost backups, however the new one ends. */
export const startOver = async ({world, settings}: Run): Promise<void> => {
	for (const {title} of settings.sources) {
		const folder = joinPath(settings.localFolder, title);
		if (!(await holdsBackup(world.files, folder))) {
			await world.backups.forget(folder);
		}
	}
};

/** Does a source's folder hold a record? A folder that cannot be read may, and the run says why. */
export const holdsBackup = async (files: Files, folder: string): Promise<boolean> => {
	try {
		for (const name of await files.listFolders(folder)) {
			if (name !== ownFolder && (await files.exists(joinPath(folder, name, recordFile)))) {
				return true;
			}
		}

		return false;
	} catch (error) {
		if (error instanceof FailureError) {
			return true;
		}

		throw error;
	}
};

/** Remembers a complete backup, outside of the backup folder. */
export const rememberComplete = async (
	{run, source, folder}: Session,
	{exitCode, partial, inScope = 0}: SourceReport,
): Promise<void> => {
	if (exitCode === 0 && partial === undefined && inScope > 0) {
		const at = new Date(run.at).toISOString();
		const {workspace} = source;
		await run.world.backups.remember({folder, workspace, at, repositories: inScope});
	}
};
