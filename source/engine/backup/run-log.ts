import {failureOf} from '../../domain/failure/failure.ts';
import {describeFailure} from '../../domain/failure/failure-table.ts';
import {joinPath, logFile, logsFolder, ownFolder} from '../../domain/plan/layout.ts';
import type {BackupEvent} from '../../domain/run/events.ts';
import type {Source} from '../../domain/settings/settings.ts';
import type {Run, Session} from '../session.ts';

/** Writes the events of a source in this run to a log file. */
export type RunLog = {
	listen(event: BackupEvent): void;
	/** Begins to write, with everything heard so far. The run must hold the folder. */
	open(): Promise<void>;
	/** Ends when everything is written. */
	close(): Promise<void>;
};

/** Logs that are kept, this run's included. */
const logsKept = 30;

/**
 * The run never waits for its log: the next lines gather while some are written. A log that cannot
 * be written is given up, because everything important is reported elsewhere too.
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

/** Saves without a log if none can be written, and says so. */
export const openLog = async ({source, publish}: Session, log: RunLog): Promise<void> => {
	try {
		await log.open();
	} catch (error) {
		const failure = failureOf(error);
		if (failure.kind !== 'folder-unusable') {
			throw error;
		}

		const {what} = describeFailure(failure);
		const text = `No log of this run is written: ${what}. See what is there, then move it or make it writable for this user.`;
		publish({type: 'noticed', source: source.title, text});
	}
};
