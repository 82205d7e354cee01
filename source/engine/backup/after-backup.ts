import {type ExitCode, exitCodes} from '../../domain/failure/exit-code.ts';
import {type Failure, failureOf} from '../../domain/failure/failure.ts';
import {describeFailure} from '../../domain/failure/failure-table.ts';
import {joinPath} from '../../domain/plan/layout.ts';
import type {SourceReport} from '../../domain/run/events.ts';
import {whileHeld} from '../lock.ts';
import {endInTime, type Run} from '../session.ts';
import {noteCopy} from './report.ts';

/** With one of these, a source's folder is not there, or another run holds it and copies it later. */
const outOfReach: ReadonlySet<Failure['kind']> = new Set([
	'backup-missing',
	'folder-unusable',
	'folder-locked',
	'folder-locked-by-version',
]);

/** Last lines of the output that are told if the program fails. */
const linesTold = 10;

/**
 * Runs the user's own command over the backup folder, while no run works in it: a copy that is taken
 * in the middle of one could lack objects that its refs name. Its failure is the run's: 3.
 * `exitCode`: of the run so far.
 */
export const runAfterBackup = async (
	run: Run,
	reports: readonly SourceReport[],
	exitCode: ExitCode,
): Promise<ExitCode> => {
	const {afterBackup} = run.settings;
	const isOutOfReach = reports.some(({problem}) => problem && outOfReach.has(problem.kind));
	if (afterBackup === undefined || isOutOfReach || run.signal.aborted) {
		return exitCodes.done;
	}

	const [program = ''] = afterBackup.words;
	const lines: string[] = [];
	run.publish({type: 'after-backup-started', program});
	const problem = await runProgram(run, {reports, exitCode}, (text) => {
		lines.push(text);
		lines.splice(0, lines.length - linesTold);
		run.publish({type: 'after-backup-printed', text});
	});
	run.publish({
		type: 'after-backup-finished',
		program,
		problem,
		lastLines: problem === undefined ? undefined : lines,
	});
	return problem === undefined ? exitCodes.done : exitCodes.incomplete;
};

/** Gives words that follow the command's name if it failed. */
const runProgram = async (
	run: Run,
	{reports, exitCode}: {readonly reports: readonly SourceReport[]; readonly exitCode: ExitCode},
	onLine: (text: string) => void,
): Promise<string | undefined> => {
	const {world, settings, signal, name} = run;
	const {clock, endProcesses} = world;
	const {words = [], environment = {}} = settings.afterBackup ?? {};
	const line = {
		words,
		environment: {
			...environment,
			CISTERN_FOLDER: settings.localFolder,
			CISTERN_EXIT_CODE: String(exitCode),
			CISTERN_SOURCES: settings.sources.map(({title}) => title).join(', '),
		},
		run: name,
		onLine,
	};
	try {
		return await holdingAll(run, foldersOf(run), async () => {
			const problem = await endInTime({clock, signal, run: name, endProcesses}, () =>
				world.runProgram(line, signal),
			).catch((error: unknown) => describeError(run, error));
			await noteCopies(run, reports, problem);
			return problem;
		});
	} catch (error) {
		return describeError(run, error);
	}
};

const describeError = ({signal}: Run, error: unknown): string =>
	signal.aborted ? 'was interrupted' : `was not run: ${describeFailure(failureOf(error)).what}`;

/** A run counts as incomplete until its copy is made. */
const noteCopies = async (
	{world: {files}, name}: Run,
	reports: readonly SourceReport[],
	problem: string | undefined,
): Promise<void> => {
	for (const report of reports) {
		// This run tells of a problem itself, also where it cannot be noted.
		await noteCopy(files, report, {run: name, problem}).catch(() => undefined);
	}
};

/** In an order that is the same for all runs: two that wait for each other's folders would wait for ever. */
const foldersOf = ({settings: {localFolder, sources}}: Run): readonly string[] =>
	sources.map(({title}) => joinPath(localFolder, title)).toSorted();

/** Waits for the runs that hold one of the folders. */
const holdingAll = async <Result>(
	run: Run,
	[folder, ...others]: readonly string[],
	act: () => Promise<Result>,
): Promise<Result> => {
	if (folder === undefined) {
		return act();
	}

	const {files, clock} = run.world;
	const onWait = (text: string): void => run.publish({type: 'noticed', text});
	const claim = {files, clock, signal: run.signal, folder, run: run.name, onWait};
	return whileHeld(claim, true, () => holdingAll(run, others, act));
};
