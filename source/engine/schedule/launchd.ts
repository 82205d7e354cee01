import {joinPath} from '../../domain/plan/layout.ts';
import {agentLabel, writeAgent} from '../../domain/schedule/launchd.ts';
import {isOwn, runOrStop, type Scheduler, type SchedulerTools, writeFiles} from './scheduler.ts';

/** An agent of launchd, for the signed-in user. */
export const launchd = (tools: SchedulerTools): Scheduler => {
	const {scheduling, signal} = tools;
	const {homeFolder, files, userId} = scheduling;
	const path = joinPath(homeFolder, 'Library/LaunchAgents', `${agentLabel}.plist`);
	const domain = `gui/${userId}`;
	const draft: Scheduler['draft'] = async (schedule) => [
		{path, text: writeAgent(schedule, joinPath(homeFolder, 'Library/Logs/cistern.log'))},
	];
	const hasOwn = async (): Promise<boolean> => isOwn((await files.readText(path)) ?? '');
	/** It is not loaded yet the first time. */
	const unload = (): Promise<unknown> =>
		scheduling.run(['launchctl', 'bootout', `${domain}/${agentLabel}`], signal);
	return {
		kind: 'launchd',
		exists: async () => scheduling.platform === 'darwin',
		draft,
		install: async (schedule) => {
			await writeFiles(tools, await draft(schedule));
			await unload();
			await runOrStop(tools, ['launchctl', 'bootstrap', domain, path]);
		},
		remove: async () => {
			if (!(await hasOwn())) {
				return false;
			}

			await unload();
			await files.remove(path);
			return true;
		},
		inspect: async () => {
			if (!(await hasOwn())) {
				return undefined;
			}

			const {kind, output} = await scheduling.run(
				['launchctl', 'print', `${domain}/${agentLabel}`],
				signal,
			);
			const [, code] = /last exit code = (\d+)/.exec(output) ?? [];
			return {
				lines: [path],
				lastExitCode: code === undefined ? undefined : Number(code),
				isPersistent: true,
				faults: kind === 'done' ? [] : ['launchd has not loaded the agent: install it again.'],
			};
		},
		rehearse: (words) => scheduling.run(words, signal, {isBare: true}),
	};
};
