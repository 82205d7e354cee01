import {FailureError} from '../../domain/failure/failure.ts';
import type {SourceReport} from '../../domain/run/events.ts';
import {
	formatRunLine,
	lastComplete,
	type RunLine,
	withCopy,
	withoutCopy,
	withSending,
} from '../../domain/run/run-line.ts';
import {reportOf, runLineOf} from '../../domain/run/source-report.ts';
import type {Files} from '../../ports/files.ts';
import {readRuns, runsPath} from '../saved/saved-state.ts';
import type {Session} from '../session.ts';
import {offSite, type StoreSent} from '../store/off-site.ts';

/** `duration` in milliseconds; `earlier`: the lines of earlier runs. */
export const makeReport = (
	{run, state}: Session,
	duration: number,
	earlier: readonly RunLine[],
): SourceReport =>
	reportOf(state, {
		duration,
		lastComplete: lastComplete(earlier),
		isNarrowed: run.filter.isNarrowed,
		wasInterrupted: run.signal.aborted,
		parts: run.parts,
	});

/** In place of a failure: a run that is killed before the user's command has ended made no copy. */
const unendedCopy = 'has not run to its end';

/** Adds this run's line to `runs.jsonl`. A failure says that only this note is missing. */
export const appendRun = async (
	{files, folder, source, state, run}: Session,
	report: SourceReport,
): Promise<void> => {
	const line = runLineOf(state, report, run, source);
	const isCopied = run.settings.afterBackup !== undefined;
	try {
		const noted = isCopied ? withoutCopy(line, unendedCopy) : line;
		await files.appendLine(runsPath(folder), formatRunLine(noted));
	} catch (error) {
		if (error instanceof FailureError && error.failure.kind === 'folder-unusable') {
			const detail = `${error.failure.detail}. All that was saved is saved, but that this run took place could not be noted`;
			throw new FailureError({...error.failure, detail});
		}

		throw error;
	}
};

/** Notes in the line of a run how the user's command ended: with `problem`, it made no copy. */
export const noteCopy = async (
	files: Files,
	{folder, exitCode}: Pick<SourceReport, 'folder' | 'exitCode'>,
	{run, problem}: {readonly run: string; readonly problem: string | undefined},
): Promise<void> => {
	const {lines} = await readRuns(files, folder);
	const line = lines.findLast((one) => one.run === run);
	if (line !== undefined) {
		const noted = problem === undefined ? withCopy(line, exitCode) : withoutCopy(line, problem);
		await files.appendLine(runsPath(folder), formatRunLine(noted));
	}
};

/** Notes in the line of the last run how a later sending ended, where that changes anything. */
export const noteSending = async (
	{files, folder, clock}: Pick<Session, 'files' | 'folder' | 'clock'>,
	sent: readonly StoreSent[],
): Promise<void> => {
	const line = (await readRuns(files, folder)).lines.at(-1);
	if (line === undefined || (line.complete && sent.every(({complete}) => complete))) {
		return;
	}

	const at = new Date(clock.now()).toISOString();
	const stores = sent.map((one) => ({...one, at}));
	const noted = withSending(line, {stores, followUp: offSite.name});
	await files.appendLine(runsPath(folder), formatRunLine(noted));
};
