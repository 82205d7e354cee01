import {FailureError} from '../../domain/failure/failure.ts';
import {joinPath} from '../../domain/plan/layout.ts';
import {isInScope} from '../../domain/plan/name-filter.ts';
import type {SavedRepository} from '../../domain/record/record.ts';
import {whileHeld} from '../lock.ts';
import {readSavedState, writeRecord} from '../saved/saved-state.ts';
import {claimOf, type Session} from '../session.ts';
import {isAbsentWorkspace, listPages} from './list.ts';

/**
 * Finds saved repositories in scope that a complete listing lacks and that are not marked as gone
 * yet. A workspace that does not exist lists none. Throws a `FailureError` if the listing fails,
 * because then it is no evidence.
 */
export const findMissing = async (session: Session): Promise<readonly SavedRepository[]> => {
	const {source, files, folder, run} = session;
	const listed = new Set<string>();
	const pages = listPages(session);
	let step = await pages.next();
	for (; step.done !== true; step = await pages.next()) {
		for (const {uuid} of step.value) {
			listed.add(uuid);
		}
	}

	if (step.value.failure !== undefined && !isAbsentWorkspace(step.value)) {
		throw new FailureError(step.value.failure);
	}

	const [bad] = step.value.unreadable;
	if (bad !== undefined) {
		const detail = `entry ${bad.place} on page ${bad.page} cannot be read: ${bad.detail}`;
		throw new FailureError({kind: 'listing-incomplete', detail});
	}

	const {repositories} = await readSavedState(files, folder, run.parts);
	return repositories.filter(
		({record}) =>
			isInScope(record.slug, source) && record.goneSince === undefined && !listed.has(record.uuid),
	);
};

/**
 * Marks repositories as gone, so that the next listing is compared with the rest. Their backup
 * stays. Holds the source's folder meanwhile, and reads the records again, because a run may have
 * renamed a folder.
 */
export const acceptMissing = async (
	session: Session,
	missing: readonly SavedRepository[],
): Promise<void> => {
	const {files, folder, run} = session;
	const accepted = new Set(missing.map(({record}) => record.uuid));
	await whileHeld(claimOf(session), false, async () => {
		const {repositories} = await readSavedState(files, folder, run.parts);
		for (const {folder: name, record} of repositories) {
			if (accepted.has(record.uuid) && record.goneSince === undefined) {
				const goneSince = new Date(run.at).toISOString();
				await writeRecord(files, joinPath(folder, name), {...record, goneSince});
			}
		}
	});
};
