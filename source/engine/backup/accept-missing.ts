import {FailureError} from '../../domain/failure/failure.ts';
import {joinPath, recordFile} from '../../domain/plan/layout.ts';
import {isInScope} from '../../domain/plan/name-filter.ts';
import type {SavedRepository} from '../../domain/record/record.ts';
import {formatRecord} from '../../domain/record/record-file.ts';
import {holdFolder} from '../lock.ts';
import {readSavedState} from '../saved/saved-state.ts';
import {claimOf, type SourceRun} from '../session.ts';
import {isAbsentWorkspace} from './look.ts';
import {listPages} from './look-at-source.ts';

/**
 * Saved repositories in scope that a complete listing lacks and that are not marked as gone yet. A
 * workspace that is not there at all lists none. Throws a `FailureError` where the listing fails:
 * nothing can be accepted on its evidence.
 */
export const findMissing = async (work: SourceRun): Promise<readonly SavedRepository[]> => {
	const {source} = work;
	const listed = new Set<string>();
	const pages = listPages(work);
	let step = await pages.next();
	for (; step.done !== true; step = await pages.next()) {
		for (const {uuid} of step.value) {
			listed.add(uuid);
		}
	}

	if (step.value.failure !== undefined && !isAbsentWorkspace(step.value)) {
		throw new FailureError(step.value.failure);
	}

	const {repositories} = await readSavedState(work.files, work.folder);
	return repositories.filter(
		({record}) =>
			isInScope(record.slug, source) && record.goneSince === undefined && !listed.has(record.uuid),
	);
};

/**
 * Marks them as gone: the next listing is compared with what is left. Their backup stays. Holds the
 * source's folder meanwhile, and looks again what lies there: a run may have renamed something.
 */
export const acceptMissing = async (
	work: SourceRun,
	missing: readonly SavedRepository[],
): Promise<void> => {
	const {files, folder, run} = work;
	const accepted = new Set(missing.map(({record}) => record.uuid));
	const lock = await holdFolder(claimOf(work), false);
	try {
		const {repositories} = await readSavedState(files, folder);
		for (const {folder: name, record} of repositories) {
			if (accepted.has(record.uuid) && record.goneSince === undefined) {
				const goneSince = new Date(run.at).toISOString();
				const text = formatRecord({...record, goneSince});
				await files.writeText(joinPath(folder, name, recordFile), text);
			}
		}
	} finally {
		await lock.release();
	}
};
