import {joinPath, recordFile} from '../../domain/plan/layout.ts';
import type {SourcePlan} from '../../domain/plan/plan.ts';
import {fullName} from '../../domain/plan/repository.ts';
import type {SavedState} from '../../domain/record/record.ts';
import {
	inventoryOf,
	type NotedRepository,
	notYetNoted,
	type RunLine,
} from '../../domain/run/run-line.ts';
import {findVanished} from '../saved/saved-state.ts';
import type {Session} from '../session.ts';

/**
 * Compares the records on the disk with the repositories that earlier runs saved. Only the
 * list of runs knows a repository whose folder is gone or empty. A store that alone keeps a source
 * has its own list of repositories, so there is nothing to compare.
 */
export const compareInventory = async (
	{files, folder, run, state, keeper}: Session,
	saved: SavedState,
	earlier: readonly RunLine[],
): Promise<void> => {
	if (keeper !== undefined) {
		return;
	}

	const {facts} = state;
	const inventory = inventoryOf(earlier);
	const present = saved.repositories.map(({folder: name, record}) => ({
		uuid: record.uuid,
		repository: fullName(record),
		folder: name,
	}));
	const place = {files, folder, parts: run.parts};
	facts.vanished = await findVanished(place, saved.repositories, earlier);
	facts.noted = {saved: notYetNoted(inventory, present), removed: []};
};

/**
 * Notes the repositories that this run saved for the first time, and warns of saved ones that
 * vanished and were not saved again. A run that did not look at everything leaves the warning to the
 * next one.
 */
export const noteInventory = async (session: Session, {items}: SourcePlan): Promise<void> => {
	const {files, folder, run, state, notice, keeper} = session;
	if (keeper !== undefined) {
		return;
	}

	const {facts} = state;
	const added: NotedRepository[] = [];
	for (const {repository, saved, folder: place} of items) {
		const isNew = saved === undefined;
		if (isNew && (await files.exists(joinPath(folder, place, recordFile)))) {
			added.push({uuid: repository.uuid, repository: fullName(repository), folder: place});
		}
	}

	const listed = new Set(items.map(({repository}) => repository.uuid));
	const isWholeLook = facts.listed && !run.filter.isNarrowed && !session.signal.aborted;
	const lost = isWholeLook ? facts.vanished.filter(({uuid}) => !listed.has(uuid)) : [];
	for (const {repository} of lost) {
		state.lost.push(repository);
		notice(
			`${repository} was saved, and its folder is empty or not there any more. Bitbucket does not list it, or it is out of scope, so this run cannot save it again. Look for another copy of the folder.`,
		);
	}

	const {saved, removed} = facts.noted;
	facts.noted = {
		saved: [...saved, ...added],
		removed: [...removed, ...lost.map(({uuid}) => uuid)],
	};
};
