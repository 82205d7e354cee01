import {failureOf} from '../../domain/failure/failure.ts';
import {describeFailure} from '../../domain/failure/failure-table.ts';
import {joinPath, logFile, logsFolder, ownFolder} from '../../domain/plan/layout.ts';
import type {BackupEvent, Listener} from '../../domain/run/events.ts';
import type {World} from '../../ports/world.ts';
import {describeEvent} from './describe-event.ts';

type RunLog = {
	handle(event: BackupEvent): void;
	/** Ends when everything is written. */
	close(): Promise<void>;
};

/** The log of one source, and of the run's end if it is the last. It begins with the source, and is written once the folder is held. */
type SourceLog = {
	readonly folder: string;
	readonly path: string;
	/** Lines that are not written yet. */
	text: string;
	state: 'waiting' | 'open' | 'given-up';
};

/** Logs that are kept, this run's included. */
const logsKept = 30;

/**
 * Writes the events of each source to a log file in the source's folder. The run never waits for
 * it: lines gather while others are written. A log that cannot be written is given up, because
 * everything important is reported elsewhere too; `onNotice` gets one event that says so.
 */
export const createRunLog = (
	{files, clock}: Pick<World, 'files' | 'clock'>,
	onNotice: Listener,
): RunLog => {
	let run = '';
	let log: SourceLog | undefined;
	let written = Promise.resolve();

	const open = async (opened: SourceLog, source: string): Promise<void> => {
		try {
			await files.makeFolder(opened.folder);
			const old = (await files.listFiles(opened.folder)).toSorted().slice(0, 1 - logsKept);
			await Promise.all(old.map((name) => files.remove(joinPath(opened.folder, name))));
			opened.state = 'open';
		} catch (error) {
			opened.state = 'given-up';
			const {what, advice} = describeFailure(failureOf(error));
			const text = `No log of this run is written: ${what}. ${advice}`;
			onNotice({type: 'noticed', source, text});
		}
	};

	const write = async (opened: SourceLog): Promise<void> => {
		const {text} = opened;
		if (opened.state === 'open' && text !== '') {
			opened.text = '';
			await files.appendText(opened.path, text).catch(() => {
				opened.state = 'given-up';
			});
		}
	};

	return {
		handle: (event) => {
			if (event.type === 'run-started') {
				run = event.run;
			} else if (event.type === 'source-started' && event.store === undefined) {
				const folder = joinPath(event.folder, ownFolder, logsFolder);
				log = {folder, path: joinPath(event.folder, logFile(run)), text: '', state: 'waiting'};
			}

			if (log === undefined || log.state === 'given-up') {
				return;
			}

			const current = log;
			const now = clock.now();
			for (const {text} of describeEvent(event, now)) {
				current.text += `${new Date(now).toISOString()} ${text}\n`;
			}

			if (event.type === 'folder-held') {
				written = written.then(() => open(current, event.source));
			}

			written = written.then(() => write(current));
		},
		close: () => written,
	};
};
