import {join} from 'node:path';
import type {Environment} from '../domain/settings/variables.ts';
import {readVariable} from '../domain/settings/variables.ts';
import type {Files} from '../ports/files.ts';
import type {Scheduling} from '../ports/scheduling.ts';
import {runCommand} from './settings/run-command.ts';

type SchedulingPlace = {
	readonly platform: NodeJS.Platform;
	readonly userId: number | undefined;
	readonly home: string;
	readonly environment: Environment;
	readonly files: Files;
};

/** The `Scheduling` port over the programs of this computer. */
export const openScheduling = ({
	platform,
	userId,
	home,
	environment,
	files,
}: SchedulingPlace): Scheduling => ({
	platform:
		platform === 'linux' || platform === 'darwin' || platform === 'win32' ? platform : 'other',
	userId,
	homeFolder: home,
	configFolder: readVariable(environment, 'XDG_CONFIG_HOME') ?? join(home, '.config'),
	files,
	run: async ([command = '', ...words], signal, {input, isBare = false} = {}) =>
		runCommand(
			{
				command,
				arguments: words,
				input,
				environment: isBare ? bare(home, environment) : environment,
			},
			signal,
		),
});

/** As cron starts a program (crontab(5)). */
const bare = (home: string, environment: Environment): Environment => ({
	HOME: home,
	LOGNAME: readVariable(environment, 'LOGNAME'),
	SHELL: '/bin/sh',
	PATH: '/usr/bin:/bin',
});
