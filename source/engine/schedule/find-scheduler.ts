import {StopError} from '../../domain/failure/failure.ts';
import type {SchedulerKind} from '../../domain/schedule/schedule.ts';
import {cron} from './cron.ts';
import {launchd} from './launchd.ts';
import type {Scheduler, SchedulerTools} from './scheduler.ts';
import {systemd} from './systemd.ts';
import {taskScheduler} from './task-scheduler.ts';

const makers: Readonly<Record<SchedulerKind, (tools: SchedulerTools) => Scheduler>> = {
	launchd,
	'task-scheduler': taskScheduler,
	systemd,
	cron,
};

/** All schedulers that this computer has, the one that fits best first. */
export const findSchedulers = async (tools: SchedulerTools): Promise<readonly Scheduler[]> => {
	const all = Object.values(makers).map((make) => make(tools));
	const found: Scheduler[] = [];
	for (const scheduler of all) {
		if (await scheduler.exists()) {
			found.push(scheduler);
		}
	}

	return found;
};

/** The scheduler of this kind, or the one that fits best. Throws a StopError where there is none. */
export const chooseScheduler = async (
	tools: SchedulerTools,
	wanted: SchedulerKind | undefined,
): Promise<Scheduler> => {
	const found =
		wanted === undefined ? (await findSchedulers(tools))[0] : await existing(makers[wanted](tools));
	if (found === undefined) {
		throw new StopError(
			wanted === undefined
				? 'This computer has no scheduler that Cistern knows.'
				: `${wanted} is not there, or does not answer to this user.`,
			{advice: 'Without one, "cistern --yes --every 1d" stays and backs up every day.'},
		);
	}

	return found;
};

const existing = async (scheduler: Scheduler): Promise<Scheduler | undefined> =>
	(await scheduler.exists()) ? scheduler : undefined;
