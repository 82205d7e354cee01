import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {openFiles} from '../../../source/adapters/files/files.ts';
import type {Schedule} from '../../../source/domain/schedule/schedule.ts';
import {findSchedulers} from '../../../source/engine/schedule/find-scheduler.ts';
import {findWarnings} from '../../../source/engine/schedule/find-warnings.ts';
import {launchd} from '../../../source/engine/schedule/launchd.ts';
import type {SchedulerTools} from '../../../source/engine/schedule/scheduler.ts';
import {needsLingering, systemd} from '../../../source/engine/schedule/systemd.ts';
import {taskScheduler} from '../../../source/engine/schedule/task-scheduler.ts';
import type {Scheduling} from '../../../source/ports/scheduling.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';

const nightly: Schedule = {
	program: ['/usr/bin/node', '/opt/cistern/cli.js'],
	config: '/home/ann/.config/cistern/settings.yml',
	environmentFile: '/home/ann/.config/cistern/environment',
	rhythm: {kind: 'daily', hour: 2, minute: 0},
	verifies: false,
	systemUser: undefined,
};

/** A computer with real files, whose programs answer what is given for the beginning of their line. */
const openComputer = (
	platform: Scheduling['platform'],
	answers: Readonly<Record<string, string>> = {},
) => {
	const homeFolder = makeTemporaryFolder();
	const ran: string[] = [];
	const tools: SchedulerTools = {
		signal: new AbortController().signal,
		isSystem: false,
		scheduling: {
			platform,
			userId: 501,
			homeFolder,
			configFolder: join(homeFolder, '.config'),
			files: openFiles(),
			run: async (words) => {
				const line = words.join(' ');
				ran.push(line);
				const known = Object.keys(answers).find((start) => line.startsWith(start));
				return {
					kind: 'done',
					ending: 'exit code 0',
					output: known === undefined ? '' : (answers[known] ?? ''),
					complaint: '',
				};
			},
		},
	};
	return {tools, ran, homeFolder};
};

describe('a schedule is never written over anything else', () => {
	it.each([
		['systemd', 'linux', systemd, '.config/systemd/user/cistern.timer'],
		['launchd', 'darwin', launchd, 'Library/LaunchAgents/io.github.cistern.plist'],
		['the Task Scheduler', 'win32', taskScheduler, '.config/cistern/task.xml'],
	] as const)('in a file of %s, and twice over its own', async (_, platform, open, path) => {
		const {tools, homeFolder} = openComputer(platform);
		const scheduler = open(tools);
		const file = join(homeFolder, path);
		await scheduler.install(nightly);
		const written = readFileSync(file, 'utf8');
		await scheduler.install(nightly);
		expect(readFileSync(file, 'utf8')).toBe(written);

		const {tools: others, homeFolder: home} = openComputer(platform);
		const foreign = join(home, path);
		mkdirSync(dirname(foreign), {recursive: true});
		writeFileSync(foreign, 'mine\n');
		await expect(open(others).install(nightly)).rejects.toThrow(`${foreign} is there already`);
		expect(readFileSync(foreign, 'utf8')).toBe('mine\n');
		expect(await open(others).inspect()).toBeUndefined();
	});

	it('in a task of another program with the same name', async () => {
		const task = (description: string): string =>
			`<Task><RegistrationInfo><Description>${description}</Description></RegistrationInfo></Task>`;
		const {tools, ran} = openComputer('win32', {'schtasks /query': task('Waters the garden')});
		const foreign = taskScheduler(tools);
		await expect(foreign.install(nightly)).rejects.toThrow('Cistern did not write it');
		await expect(foreign.remove()).rejects.toThrow('Cistern did not write it');
		expect(await foreign.inspect()).toBeUndefined();
		expect(ran.every((line) => line.startsWith('schtasks /query'))).toBe(true);
		const own = openComputer('win32', {
			'schtasks /query': task('Written by "cistern schedule". Backs up Bitbucket.'),
		});
		expect(await taskScheduler(own.tools).remove()).toBe(true);
		expect(own.ran.at(-1)).toBe('schtasks /delete /tn Cistern /f');
	});
});

describe('a schedule warns of', () => {
	const warningsOf = async (
		computer: ReturnType<typeof openComputer>,
		isSystem = false,
	): Promise<readonly string[]> =>
		findWarnings(
			{...computer.tools, isSystem},
			{kind: 'systemd'},
			{
				program: nightly.program,
				passwordCommands: [],
			},
		);

	it('a home folder that fscrypt or systemd-homed encrypts, but not for the whole computer', async () => {
		const plain = openComputer('linux', {'lsattr -d': '--------------e------- /home/ann\n'});
		expect(await warningsOf(plain)).toEqual([]);
		const marked = openComputer('linux', {'lsattr -d': '-----------E--e------- /home/ann\n'});
		expect(await warningsOf(marked)).toEqual([expect.stringContaining('home folder is encrypted')]);
		expect(await warningsOf(marked, true)).toEqual([]);
		writeFileSync(join(plain.homeFolder, '.identity'), '{}');
		expect(await warningsOf(plain)).toHaveLength(1);
	});

	it('a user whose timers end with the session', async () => {
		const {tools} = openComputer('linux', {'loginctl show-user 501': 'no\n'});
		expect(await needsLingering(tools)).toBe(true);
		expect(await needsLingering({...tools, isSystem: true})).toBe(false);
		const lingering = openComputer('linux', {'loginctl show-user 501': 'yes\n'});
		expect(await needsLingering(lingering.tools)).toBe(false);
	});
});

describe('the schedulers of a computer', () => {
	it.each([
		['darwin', ['launchd', 'systemd', 'cron']],
		['win32', ['task-scheduler', 'systemd', 'cron']],
		['linux', ['systemd', 'cron']],
	] as const)('begin with the best one on %s', async (platform, kinds) => {
		const found = await findSchedulers(openComputer(platform).tools);
		expect(found.map(({kind}) => kind)).toEqual(kinds);
	});
});
