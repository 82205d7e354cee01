import {type ExitCode, exitCodes, worstExitCode} from '../../domain/failure/exit-code.ts';
import type {SourceReport} from '../../domain/run/events.ts';
import {isoTime} from '../../domain/text/format.ts';
import type {Run} from '../session.ts';
import {runAfterBackup} from './after-backup.ts';
import {findLostBackups, startOver} from './lost-backup.ts';
import {reportUnmatched} from './run-filter.ts';
import {backUpSource} from './source.ts';

/** Backs up all sources, one after the other; none stops another. Returns the run's exit code. */
export const backUp = async (run: Run): Promise<ExitCode> => {
	const {world, settings, publish} = run;
	const started = world.clock.elapsed();
	publish({
		type: 'run-started',
		run: run.name,
		at: isoTime(run.at),
		version: world.version,
		folder: settings.localFolder,
		sources: settings.sources.map(({title}) => title),
	});
	for (const text of settings.notices) {
		publish({type: 'noticed', text});
	}

	if (run.startsOver) {
		await startOver(run);
	}

	const lost = await findLostBackups(run);
	const reports: SourceReport[] = [];
	for (const source of settings.sources) {
		if (!run.signal.aborted) {
			const report = await backUpSource(run, source, lost.get(source.title));
			publish({type: 'source-finished', report});
			reports.push(report);
		}
	}

	const saved = worstExitCode([
		reportUnmatched(run, reports),
		...reports.map((report) => report.exitCode),
	]);
	const exitCode = worstExitCode([
		saved,
		await runAfterBackup(run, reports, saved),
		run.signal.aborted ? exitCodes.interrupted : exitCodes.done,
	]);
	publish({
		type: 'run-finished',
		at: isoTime(world.clock.now()),
		duration: world.clock.elapsed() - started,
		exitCode,
	});
	return exitCode;
};
