import type {ExitCode} from '../domain/exit-code.ts';
import type {Settings} from '../domain/settings.ts';
import {backUp} from '../engine/back-up.ts';
import type {Run} from '../engine/source-run.ts';
import type {World} from '../ports.ts';
import {chooseView, type ViewChoice} from '../ui/choose-view.ts';
import {toLogLines} from '../ui/log-lines.ts';

/** Git transfers at once where the user names no number: enough to fill a line, few for a host. */
const usualConcurrency = 8;

export type BackupOptions = {
	readonly settings: Settings;
	readonly view: ViewChoice;
	readonly signal: AbortSignal;
	readonly concurrency?: number | undefined;
	readonly waitsForLock?: boolean;
	readonly narrowing?: Pick<Run, 'isAsked' | 'isNarrowed'>;
};

/** One run from its first event to its summary. */
export const runBackup = async (world: World, options: BackupOptions): Promise<ExitCode> => {
	const {settings, signal} = options;
	const view = await chooseView(options.view, world);
	const {isAsked, isNarrowed} = options.narrowing ?? everything;
	try {
		return await backUp({
			world,
			settings,
			name: world.newRunName(),
			at: world.clock.now(),
			signal,
			publish: view.handle,
			isAsked,
			isNarrowed,
			concurrency: options.concurrency ?? settings.concurrency ?? usualConcurrency,
			waitsForLock: options.waitsForLock ?? false,
			describe: toLogLines,
		});
	} finally {
		await view.close();
	}
};

const everything: Pick<Run, 'isAsked' | 'isNarrowed'> = {isAsked: () => true, isNarrowed: false};
