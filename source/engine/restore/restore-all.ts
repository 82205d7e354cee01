import {type ExitCode, exitCodes, worstExitCode} from '../../domain/failure/exit-code.ts';
import {exitCodeOf} from '../../domain/failure/failure-table.ts';
import {fullName} from '../../domain/plan/repository.ts';
import type {RestoreEvent} from '../../domain/restore/restore-events.ts';
import type {Destination, Restored, RestoredName} from '../../domain/restore/restored.ts';
import type {Clock} from '../../ports/clock.ts';
import {endInTime} from '../retry/end-in-time.ts';
import {runPool} from '../retry/pool.ts';
import {pushToRemote, type RemoteRequest, type RemoteTools} from './push-to-remote.ts';
import {
	type FolderRequest,
	type FolderTools,
	lookAtFolder,
	restoreToFolder,
} from './restore-to-folder.ts';

export type RestoreRequest = FolderRequest | RemoteRequest;

export type RestoreRun = FolderTools &
	RemoteTools & {
		readonly clock: Clock;
		readonly version: string;
		readonly publish: (event: RestoreEvent) => void;
		/** Repositories at once. */
		readonly concurrency: number;
		/** Folder, address or pattern, as it was asked for. */
		readonly to: string;
		/** Milliseconds since 1970; undefined for the newest state. */
		readonly at: number | undefined;
		/** Nobody asked for a repository by its own name: what was not there yet may be left out. */
		readonly isPattern: boolean;
	};

/**
 * Brings several repositories back, each by itself. All folders are looked at before anything is
 * written. Throws a StopError where one of them holds something else.
 */
export const restoreAll = async (
	run: RestoreRun,
	requests: readonly RestoreRequest[],
): Promise<ExitCode> => {
	const {clock, signal, publish} = run;
	const started = clock.elapsed();
	publish({
		type: 'restore-started',
		at: new Date(clock.now()).toISOString(),
		version: run.version,
		plan: requests.map(nameOf),
		to: run.to,
		asOf: run.at === undefined ? undefined : new Date(run.at).toISOString(),
	});
	const results = await interruptible(signal, () => endInTime(run, () => work(run, requests)));
	const exitCode = worstExitCode(results);
	const at = new Date(clock.now()).toISOString();
	publish({type: 'restore-finished', at, duration: clock.elapsed() - started, exitCode});
	return exitCode;
};

const interruptible = async (
	signal: AbortSignal,
	act: () => Promise<readonly ExitCode[]>,
): Promise<readonly ExitCode[]> => {
	try {
		return await act();
	} catch (error) {
		if (signal.aborted) {
			return [exitCodes.interrupted];
		}

		throw error;
	}
};

const work = async (
	run: RestoreRun,
	requests: readonly RestoreRequest[],
): Promise<readonly ExitCode[]> => {
	const known = new Map<RestoreRequest, Restored | undefined>();
	await runPool(requests, run.concurrency, async (request) => {
		run.signal.throwIfAborted();
		known.set(request, request.kind === 'folder' ? await lookAtFolder(run, request) : undefined);
	});
	const codes: ExitCode[] = [];
	await runPool(requests, run.concurrency, async (request) => {
		run.signal.throwIfAborted();
		const name = nameOf(request);
		const restored = known.get(request) ?? (await restoreOne(run, request, name));
		run.publish({type: 'restore-ended', ...name, to: destinationOf(request), restored});
		codes.push(codeOf(run, request, restored));
	});
	return codes;
};

const restoreOne = (
	run: RestoreRun,
	request: RestoreRequest,
	name: RestoredName,
): Promise<Restored> => {
	run.publish({type: 'restoring', ...name});
	return request.kind === 'folder'
		? restoreToFolder(run, request)
		: pushToRemote(run, request, (progress) =>
				run.publish({type: 'restore-progressed', ...name, progress}),
			);
};

const nameOf = ({repository, part}: RestoreRequest): RestoredName => ({
	source: repository.source.source,
	repository: fullName(repository.record),
	part,
});

const destinationOf = (request: RestoreRequest): Destination =>
	request.kind === 'folder' ? {folder: request.target} : {url: request.url};

/** A wiki that was not there yet is no loss either: nobody asks for one by its name. */
const codeOf = ({isPattern}: RestoreRun, {part}: RestoreRequest, restored: Restored): ExitCode => {
	switch (restored.result) {
		case 'failed':
			return exitCodeOf(restored.failure);
		case 'not-yet-saved':
			return isPattern || part === 'wiki' ? exitCodes.done : exitCodes.incomplete;
		default:
			return exitCodes.done;
	}
};
