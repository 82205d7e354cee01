import type {SchedulerTools} from './scheduler.ts';

/** Would a user's timers end with the session? systemd ends them, unless the user lingers. */
export const needsLingering = async ({
	scheduling,
	signal,
	isSystem,
}: SchedulerTools): Promise<boolean> => {
	if (isSystem) {
		return false;
	}

	const words = ['loginctl', 'show-user', String(scheduling.userId), '-p', 'Linger', '--value'];
	const {kind, output} = await scheduling.run(words, signal);
	return kind === 'done' && output.trim() === 'no';
};

/** Lets the user's timers run from the start of the computer. Was it allowed? */
export const allowLingering = async ({scheduling, signal}: SchedulerTools): Promise<boolean> =>
	(await scheduling.run(['loginctl', 'enable-linger'], signal)).kind === 'done';
