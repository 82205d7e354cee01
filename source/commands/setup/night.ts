import type {CommonOptions} from '../../arguments/invocation.ts';
import type {ScheduleChoice} from '../../domain/answers/wizard-answers.ts';
import {findSchedulers} from '../../engine/schedule/find-scheduler.ts';
import {findWarnings} from '../../engine/schedule/find-warnings.ts';
import {allowLingering, needsLingering} from '../../engine/schedule/systemd.ts';
import {explain} from '../../explain.ts';
import type {SetupWorld} from '../../ports/world.ts';
import type {NightScheduler} from '../../ui/ask/setup/form.ts';
import type {SetupContext} from './context.ts';

/** The user's choice of a schedule, and what a scheduled run needs. */
export type Nightly = {
	/** Undefined if it was not asked. */
	readonly schedule: ScheduleChoice | undefined;
	/** The settings file that was named, if it is to be used from now on. */
	readonly config: string | undefined;
	/** Variables that the settings name and the environment does not hold yet. */
	readonly variables: Readonly<Record<string, string>>;
};

/** The best scheduler, unless one backs up already. Without one, nothing is asked about it. */
export const findNightScheduler = async (
	{scheduling, program}: SetupWorld,
	sources: SetupContext['sources'],
	signal: AbortSignal,
): Promise<NightScheduler | undefined> => {
	const tools = {scheduling, signal, isSystem: false};
	try {
		const found = await findSchedulers(tools);
		const [best] = found;
		const installed = await Promise.all(found.map((one) => one.inspect()));
		if (best === undefined || installed.some((one) => one !== undefined)) {
			return undefined;
		}

		const passwordCommands = sources.flatMap(({passwordCommand}) => passwordCommand?.text ?? []);
		return {
			kind: best.kind,
			needsLingering: best.kind === 'systemd' && (await needsLingering(tools)),
			warnings: await findWarnings(tools, best, {program, passwordCommands}),
		};
	} catch {
		signal.throwIfAborted();
		return undefined;
	}
};

/** Installs the schedule, if the user wants it. If that fails, the user is told, and the backup is still made. */
export const installNightly = async (
	world: SetupWorld,
	options: CommonOptions,
	{schedule, config, variables}: Nightly,
	signal: AbortSignal,
): Promise<void> => {
	if (schedule?.kind !== 'install') {
		return;
	}

	const {terminal, scheduling} = world;
	const tools = {scheduling, signal, isSystem: false};
	try {
		if (schedule.lingers && !(await allowLingering(tools))) {
			terminal.writeError('"loginctl enable-linger" was refused: ask an administrator.\n');
		}

		await scheduleNightly(withVariables(world, variables), {...options, config}, false, signal);
	} catch (error) {
		const {texts} = explain(error, signal);
		signal.throwIfAborted();
		terminal.writeError(['Nothing was scheduled.', ...texts, ''].join('\n'));
	}

	terminal.writeError('\n');
};

/** Shows what a schedule would write, if the user wants to see it. */
export const showNightly = async (
	world: SetupWorld,
	options: CommonOptions,
	{schedule, config, variables}: Nightly,
	signal: AbortSignal,
): Promise<void> => {
	if (schedule?.kind === 'show') {
		await scheduleNightly(withVariables(world, variables), {...options, config}, true, signal);
	}
};

const scheduleNightly = async (
	world: SetupWorld,
	options: CommonOptions,
	isDry: boolean,
	signal: AbortSignal,
): Promise<void> => {
	const {schedule} = await import('../schedule.ts');
	await schedule(
		world,
		{
			command: 'schedule',
			// The questions are over.
			options: {...options, ...notGiven, yes: true},
			action: {kind: 'install', rhythm: {kind: 'daily', hour: 2, minute: 0}, verifies: false},
			scheduler: undefined,
			isSystem: false,
			isDry,
		},
		signal,
	);
};

/** With the variables that the settings name and the environment does not hold yet. */
export const withVariables = (
	world: SetupWorld,
	variables: Readonly<Record<string, string>>,
): SetupWorld => ({...world, environment: {...world.environment, ...variables}});

/** The answers are in the file now. */
export const notGiven = {
	workspace: undefined,
	type: undefined,
	authName: undefined,
	apiAuthName: undefined,
	folder: undefined,
	tokenStdin: false,
} as const;
