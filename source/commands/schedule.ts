import {dirname, join, resolve} from 'node:path';
import type {ScheduleInvocation} from '../arguments/invocation.ts';
import {type ExitCode, exitCodes} from '../domain/failure/exit-code.ts';
import {StopError} from '../domain/failure/failure.ts';
import {type Schedule, schedulerNames} from '../domain/schedule/schedule.ts';
import {readDraft} from '../domain/settings/read-settings.ts';
import {chooseScheduler, findSchedulers} from '../engine/schedule/find-scheduler.ts';
import {findWarnings} from '../engine/schedule/find-warnings.ts';
import type {Scheduler, SchedulerTools} from '../engine/schedule/scheduler.ts';
import {allowLingering, needsLingering} from '../engine/schedule/systemd.ts';
import type {SetupWorld} from '../ports/world.ts';
import {loadSettings} from '../settings/load-settings.ts';
import {
	formatDraft,
	formatRehearsal,
	formatScheduled,
	formatScheduledJson,
	formatWarnings,
	type Scheduled,
} from '../ui/schedule.ts';
import {textStyleFor, textStyleForOut} from '../ui/text/layout.ts';

/** `cistern schedule`: shows, installs or removes what backs up at night. */
export const schedule = async (
	world: SetupWorld,
	invocation: ScheduleInvocation,
	signal: AbortSignal,
): Promise<ExitCode> => {
	const tools = {scheduling: world.scheduling, signal, isSystem: invocation.isSystem};
	switch (invocation.action.kind) {
		case 'show':
			return show(world, invocation, tools);
		case 'remove':
			return remove(world, invocation, tools);
		case 'install':
			return install(world, invocation, tools);
	}
};

const show = async (
	world: SetupWorld,
	invocation: ScheduleInvocation,
	tools: SchedulerTools,
): Promise<ExitCode> =>
	showOf(world, invocation, await schedulersOf(invocation, tools), (scheduler) =>
		warn(world, invocation, tools, scheduler),
	);

const showOf = async (
	{terminal, clock}: SetupWorld,
	{options}: ScheduleInvocation,
	schedulers: readonly Scheduler[],
	findWarningsOf: (scheduler: Scheduler) => Promise<readonly string[]>,
): Promise<ExitCode> => {
	const scheduled: Scheduled[] = [];
	for (const one of schedulers) {
		const installed = await one.inspect();
		if (installed !== undefined) {
			scheduled.push({with: one.kind, ...installed, warnings: await findWarningsOf(one)});
		}
	}

	const style = {...textStyleForOut(terminal), now: clock.now()};
	terminal.writeOut(
		options.json ? formatScheduledJson(scheduled) : formatScheduled(scheduled, style),
	);
	return scheduled.some(({faults}) => faults.length > 0) ? exitCodes.incomplete : exitCodes.done;
};

/** The scheduler that was named, or all that this computer has. */
const schedulersOf = async (
	{scheduler}: ScheduleInvocation,
	tools: SchedulerTools,
): Promise<readonly Scheduler[]> =>
	scheduler === undefined ? findSchedulers(tools) : [await chooseScheduler(tools, scheduler)];

const remove = async (
	{terminal}: SetupWorld,
	invocation: ScheduleInvocation,
	tools: SchedulerTools,
): Promise<ExitCode> => {
	let count = 0;
	for (const one of await schedulersOf(invocation, tools)) {
		if (await one.remove()) {
			count += 1;
			terminal.writeError(`Removed: ${schedulerNames[one.kind]}.\n`);
		}
	}

	if (count === 0) {
		terminal.writeError('Nothing is scheduled, so nothing was removed.\n');
	}

	return exitCodes.done;
};

const install = async (
	world: SetupWorld,
	invocation: ScheduleInvocation,
	tools: SchedulerTools,
): Promise<ExitCode> => {
	const {terminal} = world;
	const wanted = await plan(world, invocation, tools.signal);
	const scheduler = await chooseScheduler(tools, invocation.scheduler);
	const warnings = await warn(world, invocation, tools, scheduler);
	terminal.writeError(formatWarnings(warnings, textStyleFor(terminal)));
	if (invocation.isDry) {
		terminal.writeOut(formatDraft(await scheduler.draft(wanted)));
		return exitCodes.done;
	}

	await offerToLinger(world, invocation, tools, scheduler);
	await scheduler.install(wanted);
	terminal.writeError(`Installed: ${schedulerNames[scheduler.kind]}.\n`);
	const exitCode = await rehearse(world, tools, scheduler, wanted);
	// They were shown before.
	const shown = await showOf(world, invocation, [scheduler], async () => []);
	return exitCode === exitCodes.done ? shown : exitCode;
};

/** The command to run: this very program, with absolute paths, on settings that can be read. */
const plan = async (
	world: SetupWorld,
	{options, action, isSystem}: ScheduleInvocation,
	signal: AbortSignal,
): Promise<Schedule> => {
	if (action.kind !== 'install') {
		throw new TypeError('nothing is to be installed');
	}

	await loadSettings(options, world, {credentials: false, signal});
	const config = resolve(options.config ?? world.settings.defaultPath);
	if (isSystem && world.loginName === undefined) {
		throw new StopError('--system needs the name of the user that is to back up: set USER.');
	}

	return {
		program: world.program,
		config,
		environmentFile: join(dirname(config), 'environment'),
		rhythm: action.rhythm,
		verifies: action.verifies,
		systemUser: isSystem ? world.loginName : undefined,
	};
};

const offerToLinger = async (
	{terminal}: SetupWorld,
	{options}: ScheduleInvocation,
	tools: SchedulerTools,
	scheduler: Scheduler,
): Promise<void> => {
	const mayAsk = !options.yes && terminal.canAsk;
	if (scheduler.kind !== 'systemd' || !mayAsk || !(await needsLingering(tools))) {
		return;
	}

	const answer = await terminal.ask('Back up also while you are signed out? [Y/n] ', tools.signal);
	if (!/^n/i.test(answer.trim())) {
		await allowLingering(tools);
	}
};

/** Runs `cistern check` as the scheduler will run the backup, so that what is missing at night is seen now. */
const rehearse = async (
	{terminal, program}: SetupWorld,
	{signal}: SchedulerTools,
	scheduler: Scheduler,
	wanted: Schedule,
): Promise<ExitCode> => {
	terminal.writeError('Now "cistern check", as it will run at night:\n\n');
	const end = await scheduler.rehearse(
		[...program, 'check', '--yes', '--config', wanted.config],
		wanted,
	);
	signal.throwIfAborted();
	terminal.writeError(formatRehearsal(end, wanted.environmentFile, textStyleFor(terminal)));
	return end.kind === 'done' ? exitCodes.done : exitCodes.incomplete;
};

const warn = async (
	{settings, environment, program}: SetupWorld,
	{options}: ScheduleInvocation,
	tools: SchedulerTools,
	scheduler: Scheduler,
): Promise<readonly string[]> => {
	const document = await settings.readAnyway(resolve(options.config ?? settings.defaultPath));
	const {sources} = readDraft(document?.content, {environment, report: () => {}});
	const passwordCommands = sources.flatMap(({passwordCommand}) => passwordCommand?.text ?? []);
	return findWarnings(tools, scheduler, {program, passwordCommands});
};
