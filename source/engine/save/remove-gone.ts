import {joinPath, ownFolder} from '../../domain/plan/layout.ts';
import type {SourcePlan} from '../../domain/plan/plan.ts';
import {isDueForRemoval, readyForTrash, trashName} from '../../domain/plan/removal.ts';
import {fullName} from '../../domain/plan/repository.ts';
import type {RunLine} from '../../domain/run/run-line.ts';
import type {SourceRun} from '../run/source-run.ts';

/**
 * For who set `removeDeletedRepos`: moves to the trash what has been gone for long enough, and
 * empties the trash of what has lain there for 30 days. Nothing where the listing shrank. `places`:
 * new folders of those that stepped aside in this run, by uuid.
 */
export const removeGone = async (
	{source, files, folder, run, publish}: SourceRun,
	plan: SourcePlan,
	places: ReadonlyMap<string, string>,
	earlier: readonly RunLine[],
): Promise<void> => {
	if (plan.shrinkage !== undefined) {
		return;
	}

	const trash = joinPath(folder, ownFolder, 'trash');
	for (const name of await files.listFolders(trash)) {
		if (isDueForRemoval(name, earlier, run.at)) {
			await files.remove(joinPath(trash, name));
		}
	}

	for (const saved of readyForTrash(plan.gone, earlier, run.at)) {
		const name = places.get(saved.record.uuid) ?? saved.folder;
		await files.makeFolder(trash);
		await files.move(joinPath(folder, name), joinPath(trash, trashName(name, run.name, run.at)));
		publish({
			type: 'noticed',
			source: source.title,
			text: `${fullName(saved.record)} has been gone from Bitbucket since ${saved.record.goneSince}. It was moved to the trash and will be removed in 30 days.`,
		});
	}
};
