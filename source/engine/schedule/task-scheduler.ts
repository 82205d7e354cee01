import {StopError} from '../../domain/failure/failure.ts';
import {joinPath} from '../../domain/plan/layout.ts';
import {taskName, writeTask} from '../../domain/schedule/task-scheduler.ts';
import {isOwn, runOrStop, type Scheduler, type SchedulerTools, writeFiles} from './scheduler.ts';

/** A task of the Task Scheduler of Windows. */
export const taskScheduler = (tools: SchedulerTools): Scheduler => {
	const {scheduling, signal} = tools;
	const path = joinPath(scheduling.configFolder, 'cistern', 'task.xml');
	const read = async (): Promise<string> =>
		(await scheduling.run(['schtasks', '/query', '/tn', taskName, '/xml'], signal)).output;
	const draft: Scheduler['draft'] = async (schedule) => {
		if (schedule.verifies) {
			throw new StopError('With the Task Scheduler, --verify is not possible.', {
				advice: 'Leave it out, and run "cistern verify" by a task of your own.',
			});
		}

		return [{path, text: writeTask(schedule)}];
	};
	const find = async (): Promise<'none' | 'own' | 'foreign'> => {
		const text = await read();
		if (!text.includes('<Task')) {
			return 'none';
		}

		return isOwn(text.slice(text.indexOf('<Description>'))) ? 'own' : 'foreign';
	};
	/** Is there a task of Cistern's? */
	const refuseForeign = async (): Promise<boolean> => {
		const found = await find();
		if (found === 'foreign') {
			throw new StopError(`There is a task "${taskName}", and Cistern did not write it.`);
		}

		return found === 'own';
	};
	return {
		kind: 'task-scheduler',
		exists: async () => scheduling.platform === 'win32',
		draft,
		install: async (schedule) => {
			await refuseForeign();
			await writeFiles(tools, await draft(schedule));
			await runOrStop(tools, ['schtasks', '/create', '/tn', taskName, '/xml', path, '/f']);
		},
		remove: async () => {
			if (!(await refuseForeign())) {
				return false;
			}

			await runOrStop(tools, ['schtasks', '/delete', '/tn', taskName, '/f']);
			await scheduling.files.remove(path);
			return true;
		},
		inspect: async () =>
			(await find()) === 'own'
				? {lines: [`task ${taskName}`], isPersistent: true, faults: []}
				: undefined,
		rehearse: (words) => scheduling.run(words, signal, {isBare: true}),
	};
};
