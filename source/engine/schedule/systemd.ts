import {joinPath} from '../../domain/plan/layout.ts';
import type {Installed} from '../../domain/schedule/schedule.ts';
import {unitNames, writeUnits} from '../../domain/schedule/systemd.ts';
import {
	isOwn,
	runOrStop,
	type ScheduleFile,
	type Scheduler,
	type SchedulerTools,
	writeFiles,
} from './scheduler.ts';

/** Timers of systemd: of the user, or with `isSystem` of the computer. */
export const systemd = (tools: SchedulerTools): Scheduler => {
	const {scheduling, signal, isSystem} = tools;
	const folder = isSystem
		? '/etc/systemd/system'
		: joinPath(scheduling.configFolder, 'systemd', 'user');
	const scope = isSystem ? [] : ['--user'];
	const control = (...words: readonly string[]): Promise<string> =>
		runOrStop(tools, ['systemctl', ...scope, ...words]);
	// It writes moments in the zone of the environment.
	const show = async (unit: string, properties: string): Promise<Properties> =>
		readProperties(
			await runOrStop(tools, [
				...['env', 'TZ=UTC', 'LC_ALL=C', 'systemctl', ...scope],
				...['show', unit, '-p', properties],
			]),
		);
	const draft: Scheduler['draft'] = async (schedule) =>
		writeUnits(schedule).map(
			({name, text}): ScheduleFile => ({path: joinPath(folder, name), text}),
		);
	const findOwn = async (): Promise<readonly string[]> => {
		const found: string[] = [];
		for (const name of unitNames) {
			const text = await scheduling.files.readText(joinPath(folder, name));
			if (text !== undefined && isOwn(text)) {
				found.push(name);
			}
		}

		return found;
	};
	const remove = async (): Promise<boolean> => {
		const own = await findOwn();
		if (own.length === 0) {
			return false;
		}

		await control('disable', '--now', ...own.filter((name) => name.endsWith('.timer')));
		for (const name of own) {
			await scheduling.files.remove(joinPath(folder, name));
		}

		await control('daemon-reload');
		return true;
	};

	return {
		kind: 'systemd',
		exists: async () =>
			(await scheduling.run(['systemctl', ...scope, 'show', '-p', 'Version'], signal)).kind ===
			'done',
		draft,
		install: async (schedule) => {
			const files = await draft(schedule);
			await writeFiles(tools, files);
			const timers = writeUnits(schedule).flatMap(({name}) =>
				name.endsWith('.timer') ? [name] : [],
			);
			const surplus = (await findOwn()).filter(
				(name) => !files.some(({path}) => path === joinPath(folder, name)),
			);
			const old = surplus.filter((name) => name.endsWith('.timer'));
			if (old.length > 0) {
				await control('disable', '--now', ...old);
			}

			for (const name of surplus) {
				await scheduling.files.remove(joinPath(folder, name));
			}

			await control('daemon-reload');
			await control('enable', '--now', ...timers);
			// A timer that ran already takes its new times only now.
			await control('restart', ...timers);
		},
		remove,
		inspect: async () => {
			const own = await findOwn();
			if (own.length === 0) {
				return undefined;
			}

			const [timer, service] = [
				await show('cistern.timer', timerProperties),
				await show('cistern.service', serviceProperties),
			];
			return describe(timer, service, await needsLingering(tools));
		},
		rehearse: (words, {environmentFile, systemUser}) =>
			scheduling.run(
				[
					'systemd-run',
					...scope,
					'--wait',
					'--pipe',
					'--collect',
					'--quiet',
					...(systemUser === undefined ? [] : [`--uid=${systemUser}`]),
					`--property=EnvironmentFile=-${environmentFile}`,
					// The manager replaces variables in them, as in a unit.
					...words.map((word) => word.replaceAll('$', '$$$$')),
				],
				signal,
			),
	};
};

const timerProperties = 'ActiveState,NextElapseUSecRealtime,TimersCalendar';
const serviceProperties = 'ExecMainStatus,ExecMainStartTimestamp,ExecStart';

type Properties = ReadonlyMap<string, string>;

const readProperties = (text: string): Properties =>
	new Map(
		text.split('\n').flatMap((line): (readonly [string, string])[] => {
			const at = line.indexOf('=');
			return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 1)]];
		}),
	);

/** `Tue 2026-12-01 02:11:57 UTC`; empty or `n/a` where there is no such moment. */
const readMoment = (text: string | undefined): string | undefined => {
	const [, day, time] = /^\w+ (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) UTC$/.exec(text ?? '') ?? [];
	return day === undefined ? undefined : `${day}T${time}Z`;
};

const describe = (timer: Properties, service: Properties, endsWithSession: boolean): Installed => {
	const next = readMoment(timer.get('NextElapseUSecRealtime'));
	const last = readMoment(service.get('ExecMainStartTimestamp'));
	const isActive = timer.get('ActiveState') === 'active';
	return {
		lines: [
			/OnCalendar=(.*?) ;/.exec(timer.get('TimersCalendar') ?? '')?.[0].slice(0, -2) ?? '',
			service.get('ExecStart')?.replace(/^\{ path=.*?; argv\[\]=(.*?) ; .*$/, '$1') ?? '',
		].filter((line) => line !== ''),
		next,
		last,
		lastExitCode: last === undefined ? undefined : Number(service.get('ExecMainStatus') ?? 0),
		isPersistent: true,
		faults: [
			...(isActive
				? []
				: ['The timer is not active: "systemctl --user enable --now cistern.timer" starts it.']),
			...(endsWithSession
				? ['While you are signed out it does not run: "loginctl enable-linger" lets it.']
				: []),
		],
	};
};

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
