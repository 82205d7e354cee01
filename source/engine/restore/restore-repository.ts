import {FailureError, StopError} from '../../domain/failure/failure.ts';
import {parseRefs} from '../../domain/history/history.ts';
import {joinPath, repoFolder} from '../../domain/plan/layout.ts';
import type {Restored} from '../../domain/restore/restored.ts';
import type {Files, Git} from '../../ports.ts';
import type {FoundRepository} from '../look/find-repositories.ts';

export type RestoreTools = {
	readonly git: Git;
	readonly files: Files;
	/** Ends what git processes of this run are left. */
	readonly endProcesses: () => Promise<void>;
	readonly signal: AbortSignal;
};

export type RestoreRequest = {
	readonly repository: FoundRepository;
	/** Absolute path of a folder that is empty or does not exist. */
	readonly target: string;
	readonly bare: boolean;
	/** Milliseconds since 1970; undefined for the newest state. */
	readonly at: number | undefined;
	/** Where a working copy's `origin` points to. */
	readonly origin: string | undefined;
};

/**
 * Brings a repository back as it was at a moment, into an empty folder. All branches become local
 * ones, since there is no upstream to ask which of them somebody had. What a failed or interrupted
 * attempt wrote is removed again. Throws a StopError where the folder is not empty.
 */
export const restoreRepository = async (
	tools: RestoreTools,
	request: RestoreRequest,
): Promise<Restored> => {
	await refuseUnlessVacant(tools.files, request.target);
	try {
		return await restoreState(tools, request);
	} catch (error) {
		if (error instanceof FailureError && !tools.signal.aborted) {
			return {result: 'failed', failure: error.failure};
		}

		throw error;
	}
};

const restoreState = async (
	{git, files, endProcesses, signal}: RestoreTools,
	{repository, target, bare, at, origin}: RestoreRequest,
): Promise<Restored> => {
	const mirror = joinPath(repository.source.folder, repository.folder, repoFolder);
	const log = await git.readHistoryLog(mirror);
	const entry = log.find((one) => at === undefined || one.at <= at);
	if (entry === undefined) {
		const first = log.at(-1);
		return {result: 'not-yet-saved', first: first && new Date(first.at).toISOString()};
	}

	const {head, refs} = parseRefs(await git.readHistoryRefs(mirror, entry.oid));
	await files.makeFolder(target);
	try {
		await git.restore(mirror, target, {head, refs, as: bare ? 'bare' : {origin}}, signal);
	} catch (error) {
		await endProcesses();
		await files.clear(target);
		throw error;
	}

	return {
		result: 'restored',
		asOf: new Date(entry.at).toISOString(),
		refs: refs.size,
		head,
		usesLfs: repository.record.usesLfs,
	};
};

/** Throws a StopError where there is anything at all. */
export const refuseUnlessVacant = async (files: Files, target: string): Promise<void> => {
	if (!(await files.isVacant(target))) {
		throw new StopError(`${target} is not empty.`, {
			advice:
				'Name a folder that is empty or does not exist yet: nothing there is ever overwritten.',
		});
	}
};
