import {type Failure, FailureError, ofOneRepository} from '../../domain/failure/failure.ts';
import {isLimit} from '../../domain/failure/failure-table.ts';
import {caseFolded, joinPath} from '../../domain/plan/layout.ts';
import type {PlanItem, SourcePlan} from '../../domain/plan/plan.ts';
import type {Session} from '../session.ts';

type StuckFolder = {readonly uuid: string; readonly from: string; readonly failure: Failure};

type MovedFolders = {
	/** New names of the folders that moved, by uuid. */
	readonly places: ReadonlyMap<string, string>;
	/** A failure if the repository's folder is stuck, or another one in its place. */
	readonly findObstacle: (item: PlanItem) => Failure | undefined;
};

/**
 * Renames folders as planned. A folder that cannot be renamed stays; it only blocks the repository
 * that needs its name.
 */
export const moveFolders = async (
	{files, folder}: Session,
	{moves}: SourcePlan,
): Promise<MovedFolders> => {
	const places = new Map<string, string>();
	const stuck: StuckFolder[] = [];
	for (const {uuid, from, to} of moves) {
		if (stuck.some((one) => one.uuid === uuid)) {
			continue;
		}

		try {
			await files.move(joinPath(folder, from), joinPath(folder, to));
			places.set(uuid, to);
		} catch (error) {
			if (!(error instanceof FailureError) || isLimit(error.failure)) {
				throw error;
			}

			stuck.push({uuid, from, failure: ofOneRepository(error.failure)});
		}
	}

	return {
		places,
		findObstacle: ({repository, folder: place}) =>
			stuck.find(
				({uuid, from}) => uuid === repository.uuid || caseFolded(from) === caseFolded(place),
			)?.failure,
	};
};
