import type {BackupInvocation} from '../arguments/invocation.ts';
import {type ExitCode, exitCodes, worstExitCode} from '../domain/failure/exit-code.ts';
import {failureOf} from '../domain/failure/failure.ts';
import {describeFailure} from '../domain/failure/failure-table.ts';
import {countPlan, type SourcePlan} from '../domain/plan/plan.ts';
import type {Listener} from '../domain/run/events.ts';
import {lastComplete} from '../domain/run/run-line.ts';
import type {Settings, Source} from '../domain/settings/settings.ts';
import {isOutdated} from '../domain/status/source-status.ts';
import {formatMoment} from '../domain/text/format.ts';
import {toPrintable} from '../domain/text/printable-text.ts';
import {findLostBackups} from '../engine/backup/lost-backup.ts';
import {filterRun, reportUnmatched} from '../engine/backup/run-filter.ts';
import {planSource} from '../engine/backup/source.ts';
import {sourcesOfSettings} from '../engine/saved/find-repositories.ts';
import {readMetrics} from '../engine/saved/read-metrics.ts';
import {readRuns} from '../engine/saved/saved-state.ts';
import type {Run} from '../engine/session.ts';
import {metadataName} from '../parts/metadata/entry.ts';
import type {World} from '../ports/world.ts';
import {loadSettings} from '../settings/load-settings.ts';
import {formatPlan, formatPlanJson} from '../ui/backup/plan.ts';
import {presentLook} from '../ui/backup/present-backup.ts';
import {openReporter} from '../ui/reporter.ts';
import {textStyleForOut} from '../ui/text/layout.ts';
import {type BackupOptions, openRun, runBackup} from './run-backup.ts';
import {savedSources} from './saved-sources.ts';
import {backUpInStore} from './stateless.ts';

/** `cistern` and `cistern backup`: everything in scope, as it is upstream now. */
export const backup = async (
	world: World,
	invocation: BackupInvocation,
	signal: AbortSignal,
	observe?: Listener,
): Promise<ExitCode> => {
	const {options, only, exclude, stateless} = invocation;
	if (stateless !== undefined) {
		return backUpInStore(world, invocation, stateless, signal, observe);
	}

	const due = await findDue(world, invocation, signal);
	if (due?.size === 0) {
		return exitCodes.done;
	}

	const needs = {credentials: true, stores: invocation.send && !invocation.dryRun, signal};
	const all = await loadSettings(options, world, needs);
	const settings = {
		...all,
		sources: all.sources.filter(({title}) => due?.has(title) ?? true),
		metadataTime: invocation.metadataTime ?? all.metadataTime,
	};
	const choice: BackupOptions = {
		settings,
		signal,
		view: options,
		concurrency: invocation.concurrency,
		maxWait: invocation.maxWait,
		waitsForLock: invocation.wait,
		startsOver: invocation.startOver,
		leavesOut: invocation.withoutMetadata ? [metadataName] : [],
		filter: filterRun(only, exclude),
		observe,
	};
	if (invocation.dryRun) {
		return showPlan(world, choice);
	}

	const exitCode = await runBackup(world, choice);
	await writeMetrics(world, invocation, all);
	return exitCode;
};

/** Of all sources, also if `--source` names one. No backup depends on it. */
const writeMetrics = async (
	world: World,
	{options}: BackupInvocation,
	settings: Settings,
): Promise<void> => {
	const {metricsFile} = settings;
	if (metricsFile === undefined) {
		return;
	}

	try {
		const sources =
			options.source === undefined
				? sourcesOfSettings(settings)
				: await savedSources(world, {...options, source: undefined}, undefined);
		const text = await readMetrics(world.files, sources, world.version);
		await world.files.publishText(metricsFile, text);
	} catch (error) {
		const {what} = describeFailure(failureOf(error));
		world.terminal.writeError(`The metrics could not be written: ${toPrintable(what)}.\n`);
	}
};

/**
 * Titles of the sources that `--if-older` does not leave out; undefined without it. Asks for no
 * token: with a scheduler that calls every hour, most calls end here.
 */
const findDue = async (
	{files, settings, environment, clock, terminal}: World,
	{options, ifOlder}: BackupInvocation,
	signal: AbortSignal,
): Promise<ReadonlySet<string> | undefined> => {
	if (ifOlder === undefined) {
		return undefined;
	}

	const world = {settings, environment, clock};
	const loaded = await loadSettings(options, world, {credentials: false, signal});
	const due = new Set<string>();
	for (const {source, folder} of sourcesOfSettings(loaded)) {
		const last = lastComplete((await readRuns(files, folder)).lines);
		const now = clock.now();
		if (last === undefined || isOutdated({lastComplete: last}, ifOlder, now)) {
			due.add(source);
		} else if (!options.quiet) {
			const text = `Nothing to do: the last complete backup is of ${formatMoment(last, now)}.`;
			terminal.writeError(`${toPrintable(source)}: ${text}\n`);
		}
	}

	return due;
};

/** Sentences about the work that a plan cannot count. */
const describeRest = (run: Run, {ofParts}: Source, plan: SourcePlan): readonly string[] => {
	const counts = countPlan(plan);
	return run.parts
		.filter(({name}) => !run.leavesOut.has(name))
		.flatMap(({name, describePlan}) => {
			const known = plan.items.map(({saved}) => saved?.record.parts[name]);
			const hasChanges = counts.new + counts.changed > 0;
			return describePlan?.({settings: ofParts, known, hasChanges}) ?? [];
		});
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
		settings.sources.map(async (source) => {
			const planned = await planSource(run, source, lost.get(source.title));
			return {...planned, remarks: planned.plan ? describeRest(run, source, planned.plan) : []};
		}),
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
