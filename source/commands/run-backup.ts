import type {ExitCode} from '../domain/failure/exit-code.ts';
import type {Listener} from '../domain/run/events.ts';
import {type Settings, usualTransfers} from '../domain/settings/settings.ts';
import {followUps} from '../engine/backup/follow-up-registry.ts';
import {backUp} from '../engine/backup/run.ts';
import {noFilter} from '../engine/backup/run-filter.ts';
import type {Run} from '../engine/session.ts';
import {parts as registry} from '../parts/registry.ts';
import type {World} from '../ports/world.ts';
import {keepHeapSmall} from '../small-heap.ts';
import {presentBackup} from '../ui/backup/present-backup.ts';
import {createRunLog} from '../ui/backup/run-log.ts';
import {openReporter, type ReportChoice, showsProgress} from '../ui/reporter.ts';

type Chosen =
	| 'parts'
	| 'followUps'
	| 'filter'
	| 'concurrency'
	| 'maxWait'
	| 'waitsForLock'
	| 'startsOver'
	| 'stateless';

/** A run as a command asks for it. By default it works on everything in scope, as the settings say. */
export type BackupOptions = {readonly [Name in Chosen]?: Run[Name] | undefined} & {
	readonly settings: Settings;
	readonly view: ReportChoice;
	readonly signal: AbortSignal;
	/** Names of follow-ups that are not done. */
	readonly leavesOut?: readonly string[];
	/** Hears every event too. */
	readonly observe?: Listener | undefined;
};

/** A temporary folder is not worth remembering, and is not missed when it goes. */
export const forgetful = (world: World): World => ({
	...world,
	backups: {recall: async () => undefined, remember: async () => {}, forget: async () => {}},
});

export const openRun = (world: World, options: BackupOptions, publish: Listener): Run => ({
	world,
	settings: options.settings,
	parts: options.parts ?? registry,
	followUps: options.followUps ?? followUps,
	leavesOut: new Set(options.leavesOut),
	name: world.newRunName(),
	at: world.clock.now(),
	signal: options.signal,
	publish,
	isWatched: showsProgress(options.view, world.terminal),
	filter: options.filter ?? noFilter,
	concurrency:
		options.concurrency ?? options.settings.concurrency ?? usualTransfers(world.processors),
	maxWait: options.maxWait ?? options.settings.maxWait ?? Number.POSITIVE_INFINITY,
	waitsForLock: options.waitsForLock ?? false,
	startsOver: options.startsOver ?? false,
	stateless: options.stateless,
});

/** One run from its first event to its summary. */
export const runBackup = async (world: World, options: BackupOptions): Promise<ExitCode> => {
	keepHeapSmall();
	const reporter = await openReporter(options.view, world, presentBackup(options.view, world));
	const log = createRunLog(world, reporter.handle);
	const publish: Listener = (event) => {
		reporter.handle(event);
		log.handle(event);
		options.observe?.(event);
	};
	try {
		return await backUp(openRun(world, options, publish));
	} finally {
		await log.close();
		await reporter.close();
	}
};
