import {joinPath, logFile, logsFolder, ownFolder} from '../../domain/plan/layout.ts';
import type {BackupEvent} from '../../domain/run/events.ts';
import type {Source} from '../../domain/settings/settings.ts';
import type {Run} from '../session.ts';

/** Writes what happens to a source in this run to a file of its own. */
export type RunLog = {
	listen(event: BackupEvent): void;
	/** Begins to write, what was heard before included; the folder must be ours by now. */
	open(): Promise<void>;
	/** Ends when everything is written. */
	close(): Promise<void>;
};

/** With this run's. */
const logsKept = 30;

/**
 * A log costs the run nothing: while a piece is written the next one gathers, and a log that
 * cannot be written is given up, since what counts is said elsewhere too.
 */
export const createRunLog = (run: Run, source: Source): RunLog => {
	const {files, clock} = run.world;
	const sourceFolder = joinPath(run.settings.localFolder, source.title);
	const folder = joinPath(sourceFolder, ownFolder, logsFolder);
	const path = joinPath(sourceFolder, logFile(run.name));
	let pending = '';
	let writing: Promise<void> | undefined;
	let isOpen = false;

	const flush = async (): Promise<void> => {
		while (pending !== '') {
			const text = pending;
			pending = '';
			await files.appendText(path, text);
		}
	};

	const write = (): void => {
		writing ??= flush()
			.catch(() => {
				isOpen = false;
			})
			.finally(() => {
				writing = undefined;
				if (isOpen && pending !== '') {
					write();
				}
			});
	};

	return {
		listen: (event) => {
			const lines = run.describe(event, clock.now());
			pending += lines.map((line) => `${line}\n`).join('');
			if (isOpen && pending !== '') {
				write();
			}
		},
		open: async () => {
			await files.makeFolder(folder);
			const old = (await files.listFiles(folder)).toSorted().slice(0, 1 - logsKept);
			await Promise.all(old.map((name) => files.remove(joinPath(folder, name))));
			isOpen = true;
		},
		close: async () => {
			if (isOpen && pending !== '') {
				write();
			}

			while (writing !== undefined) {
				await writing;
			}

			isOpen = false;
		},
	};
};
