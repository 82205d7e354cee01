import {type ExitCode, worstExitCode} from '../domain/failure/exit-code.ts';
import type {Listener} from '../domain/run/events.ts';
import {findLostBackups} from '../engine/backup/lost-backup.ts';
import {filterRun, reportUnmatched} from '../engine/backup/run-filter.ts';
import {planSource} from '../engine/backup/source.ts';
import type {BackupInvocation} from '../invocation.ts';
import {loadSettings} from '../load-settings.ts';
import type {World} from '../ports/world.ts';
import {formatPlan, formatPlanJson} from '../ui/backup/plan.ts';
import {presentLook} from '../ui/backup/present-backup.ts';
import {openReporter} from '../ui/reporter.ts';
import {textStyleForOut} from '../ui/text/layout.ts';
import {type BackupOptions, openRun, runBackup} from './run-backup.ts';

/** `cistern` and `cistern backup`: everything in scope, as it is upstream now. */
export const backup = async (
	world: World,
	invocation: BackupInvocation,
	signal: AbortSignal,
	observe?: Listener,
): Promise<ExitCode> => {
	const {options, only, exclude} = invocation;
	const settings = await loadSettings(options, world, {credentials: true, signal});
	const choice: BackupOptions = {
		settings,
		signal,
		view: options,
		concurrency: invocation.concurrency,
		maxWait: invocation.maxWait,
		waitsForLock: invocation.wait,
		startsOver: invocation.startOver,
		filter: filterRun(only, exclude),
		...(observe === undefined ? {} : {observe}),
	};
	return invocation.dryRun ? showPlan(world, choice) : runBackup(world, choice);
};

/** `--dry-run`: each repository, what a backup would do with it, and why. Writes nothing. */
const showPlan = async (world: World, choice: BackupOptions): Promise<ExitCode> => {
	const {settings, signal} = choice;
	const {json, quiet} = choice.view;
	// Into a pipe goes the plan alone, and warnings.
	const isQuiet = json || quiet || !world.terminal.isInteractive;
	const reporter = await openReporter(
		{json: false, quiet: isQuiet, verbose: false},
		world,
		presentLook(),
	);
	const run = openRun(world, choice, reporter.handle);
	for (const text of settings.notices) {
		run.publish({type: 'noticed', text});
	}

	const lost = run.startsOver ? new Map() : await findLostBackups(run);
	const planned = await Promise.all(
		settings.sources.map((source) => planSource(run, source, lost.get(source.title))),
	).finally(reporter.close);
	signal.throwIfAborted();
	world.terminal.writeOut(
		choice.view.json
			? formatPlanJson(planned)
			: formatPlan(planned, textStyleForOut(world.terminal)),
	);
	const reports = planned.map(({report}) => report);
	return worstExitCode([reportUnmatched(run, reports), ...reports.map(({exitCode}) => exitCode)]);
};
