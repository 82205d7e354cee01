import {type Failure, ofOneRepository} from '../../domain/failure/failure.ts';
import {joinPath, ownFolder} from '../../domain/plan/layout.ts';
import type {SavedRepository} from '../../domain/record/record.ts';
import type {Outcome} from '../../domain/run/outcome.ts';
import {asFailure, attemptsOf} from '../retry/attempt.ts';
import {proveWritable} from '../saved/inspect-folder.ts';
import type {Session} from '../session.ts';

export type SaveOptions = {
	/** When an earlier run last found that the saved state is upstream's, RFC 3339. */
	readonly lastGood: (saved: SavedRepository) => string | undefined;
	/** `isFromSaving`: a failure did not come from looking. */
	readonly onOutcome: (
		repository: string,
		outcome: Outcome,
		isFromSaving: boolean,
	) => Promise<void>;
};

/**
 * The outcome of a repository whose work threw an error. An interruption leaves it for the next run;
 * anything else is its failure. `lastGood`: RFC 3339.
 */
export const outcomeOf = async (
	error: unknown,
	session: Session,
	lastGood: string | undefined,
): Promise<Outcome> =>
	session.signal.aborted
		? {result: 'left-out'}
		: {
				result: 'failed',
				failure: await judgeFailure(error, session),
				attempts: attemptsOf(error),
				lastGood,
			};

/** A repository also fails like this when the disk under all of them is gone. */
const mayConcernAll: ReadonlySet<Failure['kind']> = new Set([
	'folder-unusable',
	'mirror-unusable',
	'git-failed',
]);

/**
 * Tells a failure of one repository from one of the whole source: a full disk, or a source's folder
 * that cannot be written to any more. Then the failure names the source's folder, because
 * it is chance which file met it first.
 */
export const judgeFailure = async (
	error: unknown,
	{files, folder, assertLockHeld}: Session,
): Promise<Failure> => {
	const failure = asFailure(error);
	if (failure.kind === 'disk-full') {
		return {...failure, path: folder};
	}

	if (!mayConcernAll.has(failure.kind)) {
		return failure;
	}

	try {
		await assertLockHeld();
		await proveWritable(files, joinPath(folder, ownFolder));
		return ofOneRepository(failure);
	} catch (common) {
		const cause = asFailure(common);
		return 'path' in cause ? {...cause, path: folder} : cause;
	}
};
