import {lstat, mkdir, mkdtemp, readdir, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {StopError} from '../domain/failure/failure.ts';
import {lockFile} from '../domain/plan/layout.ts';
import type {Files} from '../ports/files.ts';
import type {World} from '../ports/world.ts';

const prefix = 'cistern-work-';

/**
 * Acts with an empty folder below TMPDIR, and removes it. A run that is killed leaves it behind, so the
 * next one removes those whose runs are gone.
 */
export const withTemporaryFolder = async <Result>(
	{files, newRunName}: Pick<World, 'files' | 'newRunName'>,
	act: (folder: string) => Promise<Result>,
): Promise<Result> => {
	const run = newRunName();
	await removeLeft(files, run);
	const place = await makePlace();
	try {
		const lock = await files.lock(place, run);
		try {
			// Beside the lock, so that it looks as any backup folder does.
			const folder = join(place, 'backup');
			await mkdir(folder);
			return await act(folder);
		} finally {
			if ('release' in lock) {
				await lock.release();
			}
		}
	} finally {
		await remove(place);
	}
};

const makePlace = async (): Promise<string> => {
	try {
		return await mkdtemp(join(tmpdir(), prefix));
	} catch (error) {
		const reason = error instanceof Error && 'code' in error ? ` (${error.code})` : '';
		throw new StopError(`No folder for temporary files can be made in ${tmpdir()}${reason}.`, {
			advice: 'TMPDIR says where: make that folder, or name another one.',
		});
	}
};

/** Another run may look into the folder at this moment, and lock it: then it is not empty for an instant. */
const remove = (place: string): Promise<void> =>
	rm(place, {recursive: true, force: true, maxRetries: 3});

const removeLeft = async (files: Files, run: string): Promise<void> => {
	const names = await readdir(tmpdir()).catch(() => []);
	for (const name of names.filter((one) => one.startsWith(prefix))) {
		// A folder that cannot be removed stops no run.
		await removeIfLeft(files, join(tmpdir(), name), run).catch(() => undefined);
	}
};

const removeIfLeft = async (files: Files, place: string, run: string): Promise<void> => {
	// A folder without a lock may belong to a run that begins or ends just now.
	if (!(await isOurs(place)) || !(await files.exists(join(place, lockFile)))) {
		return;
	}

	const lock = await files.lock(place, run);
	if ('release' in lock) {
		await remove(place);
		await lock.release();
	}
};

/** TMPDIR may be shared with other users. */
const isOurs = async (place: string): Promise<boolean> => {
	const found = await lstat(place);
	return found.isDirectory() && found.uid === (process.getuid?.() ?? found.uid);
};
