import {StopError} from '../domain/failure.ts';
import {parseRefs} from '../domain/history.ts';
import {joinPath, repoFolder} from '../domain/layout.ts';
import {fullName} from '../domain/repository.ts';
import type {Files, Git} from '../ports.ts';
import type {FoundRepository} from './find-repositories.ts';

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

export type Restored = {
	/** When the restored state was recorded, RFC 3339. */
	readonly asOf: string;
	readonly refs: number;
	readonly head: string | undefined;
};

/**
 * Brings a repository back as it was at a moment, into an empty folder. Throws a StopError where
 * the folder is not empty, or nothing was saved by then.
 */
export const restoreRepository = async (
	{git, files}: {readonly git: Git; readonly files: Files},
	{repository, target, bare, at, origin}: RestoreRequest,
): Promise<Restored> => {
	await refuseUnlessEmpty(files, target);
	const mirror = joinPath(repository.source.folder, repository.folder, repoFolder);
	const log = await git.readHistoryLog(mirror);
	const entry = log.find((one) => at === undefined || one.at <= at);
	if (entry === undefined) {
		const first = log.at(-1);
		const name = fullName(repository.record);
		throw new StopError(`Nothing of ${name} was saved by then.`, {
			advice:
				first === undefined
					? 'Its mirror has no history yet: the next backup begins it.'
					: `Its first backup is of ${new Date(first.at).toISOString()}.`,
		});
	}

	const {head, refs} = parseRefs(await git.readHistoryRefs(mirror, entry.oid));
	await git.restore(mirror, target, {head, refs, as: bare ? 'bare' : {origin}});
	return {asOf: new Date(entry.at).toISOString(), refs: refs.size, head};
};

const refuseUnlessEmpty = async (files: Files, target: string): Promise<void> => {
	const inside = [...(await files.listFolders(target)), ...(await files.listFiles(target))];
	if (inside.length > 0) {
		throw new StopError(`${target} is not empty.`, {
			advice:
				'Name a folder that is empty or does not exist yet: nothing there is ever overwritten.',
		});
	}
};
