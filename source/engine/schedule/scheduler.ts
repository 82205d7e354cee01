import {StopError} from '../../domain/failure/failure.ts';
import {
	type Installed,
	marker,
	type Schedule,
	type SchedulerKind,
} from '../../domain/schedule/schedule.ts';
import {toExcerpt} from '../../domain/text/printable-text.ts';
import type {ProgramEnd, Scheduling} from '../../ports/scheduling.ts';

/** A file of a schedule, as `--dry-run` shows it. */
export type ScheduleFile = {readonly path: string; readonly text: string};

/** One kind of scheduler. All throw StopErrors with the scheduler's own words. */
export type Scheduler = {
	readonly kind: SchedulerKind;
	/** Is it there? */
	exists(): Promise<boolean>;
	/** The files and lines that an installation writes. */
	draft(schedule: Schedule): Promise<readonly ScheduleFile[]>;
	install(schedule: Schedule): Promise<void>;
	/** Was there something to remove? */
	remove(): Promise<boolean>;
	inspect(): Promise<Installed | undefined>;
	/** Runs a command as the scheduler would. */
	rehearse(words: readonly string[], schedule: Schedule): Promise<ProgramEnd>;
};

export type SchedulerTools = {
	readonly scheduling: Scheduling;
	readonly signal: AbortSignal;
	/** Of the whole computer, not of one user. */
	readonly isSystem: boolean;
};

/** Runs a program that has to succeed. Gives its output. */
export const runOrStop = async (
	{scheduling, signal}: SchedulerTools,
	words: readonly string[],
	input?: string,
): Promise<string> => {
	const end = await scheduling.run(words, signal, input === undefined ? {} : {input});
	if (end.kind !== 'done') {
		const said = toExcerpt(end.complaint || end.output);
		throw new StopError(
			`${words.join(' ')} ended with ${end.ending}${said === '' ? '.' : `: ${said}`}`,
		);
	}

	return end.output;
};

/** Writes files of a schedule, and never over one that Cistern did not write. */
export const writeFiles = async (
	{scheduling: {files}}: SchedulerTools,
	all: readonly ScheduleFile[],
): Promise<void> => {
	for (const {path} of all) {
		const before = await files.readText(path);
		if (before !== undefined && !isOwn(before)) {
			throw new StopError(`${path} is there already, and Cistern did not write it.`, {
				advice: 'Move it away, and run the command again.',
			});
		}
	}

	for (const {path, text} of all) {
		await files.makeFolder(path.slice(0, path.lastIndexOf('/')));
		await files.writeText(path, text);
	}
};

export const isOwn = (text: string): boolean => text.slice(0, 300).includes(marker);
