/** The schedulers that Cistern can use. */
export const schedulerKinds = ['systemd', 'cron', 'launchd', 'task-scheduler'] as const;

export type SchedulerKind = (typeof schedulerKinds)[number];

/** As a sentence names them: a backup is made by a timer of systemd. */
export const schedulerNames: Readonly<Record<SchedulerKind, string>> = {
	systemd: 'a timer of systemd',
	cron: 'a line in your crontab',
	launchd: 'an agent of launchd',
	'task-scheduler': 'a task of the Task Scheduler',
};

/** When to back up: each day or week at a time, or every few hours. */
export type Rhythm =
	| {readonly kind: 'daily' | 'weekly'; readonly hour: number; readonly minute: number}
	| {readonly kind: 'hourly'; readonly hours: number};

/** The command to run, and its time. */
export type Schedule = {
	/** The words that start Cistern, with whole paths. */
	readonly program: readonly string[];
	/** Absolute path of the settings file. */
	readonly config: string;
	/** A file with variables for the settings, beside them; it may be missing. */
	readonly environmentFile: string;
	readonly rhythm: Rhythm;
	/** Also verify everything, each Sunday. */
	readonly verifies: boolean;
	/** A unit of the whole computer, run as this user; undefined for a user's own. */
	readonly systemUser: string | undefined;
};

/** The first line of all that it writes says this, and it touches nothing else. */
export const marker = 'Written by "cistern schedule"';

/** `02:00`; undefined for any other text. */
export const parseTimeOfDay = (
	text: string,
): {readonly hour: number; readonly minute: number} | undefined => {
	const [, hour, minute] = /^(\d{1,2}):(\d{2})$/.exec(text) ?? [];
	const time = {hour: Number(hour), minute: Number(minute)};
	return time.hour < 24 && time.minute < 60 ? time : undefined;
};

/** Hours that divide a day, so that a calendar can say them. */
const periods = [1, 2, 3, 4, 6, 8, 12];

const hour = 3_600_000;

/** Milliseconds and a time of day as a rhythm; undefined where no calendar can say it. */
export const toRhythm = (
	every: number,
	at: {readonly hour: number; readonly minute: number},
): Rhythm | undefined => {
	if (every === 24 * hour) {
		return {kind: 'daily', ...at};
	}

	if (every === 7 * 24 * hour) {
		return {kind: 'weekly', ...at};
	}

	return periods.includes(every / hour) ? {kind: 'hourly', hours: every / hour} : undefined;
};

/** The arguments of a scheduled backup. With `ifOlder`, a call that comes too early does nothing. */
export const backupWords = (
	{program, config}: Pick<Schedule, 'program' | 'config'>,
	ifOlder?: string,
): readonly string[] => [
	...program,
	'--yes',
	'--quiet',
	...(ifOlder === undefined ? [] : ['--if-older', ifOlder]),
	'--config',
	config,
];

export const verifyWords = ({program, config}: Pick<Schedule, 'program' | 'config'>) =>
	[...program, 'verify', '--quiet', '--wait', '--config', config] as const;

/**
 * How old a complete backup is before another is due, for a scheduler that calls more often than
 * that: a little less than the rhythm, since a backup is dated by its start.
 */
export const dueAfter = (rhythm: Rhythm): string => {
	switch (rhythm.kind) {
		case 'daily':
			return '20h';
		case 'weekly':
			return '6d';
		case 'hourly':
			return `${Math.max(0.5, rhythm.hours - 1)}h`;
	}
};

/** The entry of a scheduler for Cistern. */
export type Installed = {
	/** The command and its time, in the scheduler's own lines. */
	readonly lines: readonly string[];
	/** RFC 3339, where the scheduler tells. */
	readonly next?: string | undefined;
	readonly last?: string | undefined;
	readonly lastExitCode?: number | undefined;
	/** Is a run caught up that was missed while the computer was off? */
	readonly isPersistent: boolean;
	/** Sentences about what keeps it from working; empty if all is well. */
	readonly faults: readonly string[];
};
