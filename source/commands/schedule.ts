import {dirname, join, resolve} from 'node:path';
import type {ScheduleInvocation} from '../arguments/invocation.ts';
import {type ExitCode, exitCodes} from '../domain/failure/exit-code.ts';
import {StopError} from '../domain/failure/failure.ts';
import type {Schedule} from '../domain/schedule/schedule.ts';
import {chooseScheduler, findSchedulers} from '../engine/schedule/find-scheduler.ts';
import type {Scheduler, SchedulerTools} from '../engine/schedule/scheduler.ts';
import type {SetupWorld} from '../ports/world.ts';
import {loadSettings} from '../settings/load-settings.ts';
import {
	formatDraft,
	formatRehearsal,
	formatScheduled,
	formatScheduledJson,
	type Scheduled,
} from '../ui/schedule.ts';
import {textStyleForOut} from '../ui/text/layout.ts';

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
	{options, scheduler}: ScheduleInvocation,
	tools: SchedulerTools,
): Promise<ExitCode> => {
	const found =
		scheduler === undefined
			? await findSchedulers(tools)
			: [await chooseScheduler(tools, scheduler)];
	const scheduled: Scheduled[] = [];
	for (const one of found) {
		const installed = await one.inspect();
		if (installed !== undefined) {
			scheduled.push({with: one.kind, ...installed, warnings: warnOf(world)});
		}
	}

	const style = {...textStyleForOut(world.terminal), now: world.clock.now()};
	world.terminal.writeOut(
		options.json ? formatScheduledJson(scheduled) : formatScheduled(scheduled, style),
	);
	return scheduled.some(({faults}) => faults.length > 0) ? exitCodes.incomplete : exitCodes.done;
};

const remove = async (
	{terminal}: SetupWorld,
	{scheduler}: ScheduleInvocation,
	tools: SchedulerTools,
): Promise<ExitCode> => {
	const found =
		scheduler === undefined
			? await findSchedulers(tools)
			: [await chooseScheduler(tools, scheduler)];
	let count = 0;
	for (const one of found) {
		if (await one.remove()) {
			count += 1;
			terminal.writeError(`Removed from ${one.kind}.\n`);
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
	if (invocation.isDry) {
		terminal.writeOut(formatDraft(await scheduler.draft(wanted)));
		return exitCodes.done;
	}

	await scheduler.install(wanted);
	terminal.writeError(`Installed with ${scheduler.kind}.\n`);
	await offerToLinger(world, invocation, tools, scheduler);
	const exitCode = await rehearse(world, tools, scheduler, wanted);
	const shown = await show(world, {...invocation, scheduler: scheduler.kind}, tools);
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

/** systemd ends a user's timers with the last session, unless the user lingers. */
const offerToLinger = async (
	{terminal}: SetupWorld,
	{options, isSystem}: ScheduleInvocation,
	{scheduling, signal}: SchedulerTools,
	scheduler: Scheduler,
): Promise<void> => {
	if (scheduler.kind !== 'systemd' || isSystem || options.yes || !terminal.canAsk) {
		return;
	}

	const {output} = await scheduling.run(
		['loginctl', 'show-user', String(scheduling.userId), '-p', 'Linger', '--value'],
		signal,
	);
	if (output.trim() !== 'no') {
		return;
	}

	const answer = await terminal.ask('Back up also while you are signed out? [Y/n] ', signal);
	if (!/^n/i.test(answer.trim())) {
		await scheduling.run(['loginctl', 'enable-linger'], signal);
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
	terminal.writeError(formatRehearsal(end, wanted.environmentFile));
	return end.kind === 'done' ? exitCodes.done : exitCodes.incomplete;
};

/** A Node of these is gone after its next update. */
const managed = /[\\/](?:\.nvm|\.fnm|fnm_multishells|\.volta|\.asdf|mise|Cellar)[\\/]/;

const warnOf = ({program}: SetupWorld): readonly string[] => {
	const [node = ''] = program;
	return managed.test(node)
		? [
				`It runs with ${node}, which the next update of Node may take away. Install it again after that.`,
			]
		: [];
};
