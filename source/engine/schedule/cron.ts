import {addToCrontab, ownLines, withoutOwn} from '../../domain/schedule/cron.ts';
import {runOrStop, type Scheduler, type SchedulerTools} from './scheduler.ts';

/** The user's crontab. Lines that Cistern did not write stay as they are. */
export const cron = (tools: SchedulerTools): Scheduler => {
	const {scheduling, signal} = tools;
	// Without a crontab, "crontab -l" ends with 1.
	const read = async (): Promise<string> =>
		(await scheduling.run(['crontab', '-l'], signal)).output;
	const write = (text: string): Promise<string> => runOrStop(tools, ['crontab', '-'], text);
	return {
		kind: 'cron',
		exists: async () => (await scheduling.run(['crontab', '-l'], signal)).kind !== 'not-started',
		draft: async (schedule) => [{path: 'crontab', text: addToCrontab('', schedule)}],
		install: async (schedule) => {
			await write(addToCrontab(await read(), schedule));
		},
		remove: async () => {
			const before = await read();
			if (ownLines(before).length === 0) {
				return false;
			}

			await write(withoutOwn(before));
			return true;
		},
		inspect: async () => {
			const lines = ownLines(await read());
			return lines.length === 0 ? undefined : {lines, isPersistent: true, faults: []};
		},
		rehearse: (words) => scheduling.run(words, signal, {isBare: true}),
	};
};
