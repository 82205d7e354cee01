import {type Failure, ofOneRepository} from '../../domain/failure/failure.ts';
import {joinPath, ownFolder} from '../../domain/plan/layout.ts';
import {assertLockHeld} from '../assert-lock-held.ts';
import {asFailure} from '../retry/as-failure.ts';
import {proveWritable} from '../saved/inspect-folder.ts';
import type {SourceRun} from '../session.ts';

/** What is seen of one repository when the disk has gone from under all of them. */
const mayConcernAll: ReadonlySet<Failure['kind']> = new Set([
	'folder-unusable',
	'mirror-unusable',
	'git-failed',
]);

/**
 * A repository's error as a failure that says whom it concerns. A full disk, and a folder of the
 * source that nothing can be written to any more, concern all; which file met it first helps nobody.
 */
export const judgeFailure = async (
	error: unknown,
	source: Pick<SourceRun, 'files' | 'folder' | 'run'>,
): Promise<Failure> => {
	const {files, folder} = source;
	const failure = asFailure(error);
	if (failure.kind === 'disk-full') {
		return {...failure, path: folder};
	}

	if (!mayConcernAll.has(failure.kind)) {
		return failure;
	}

	try {
		await assertLockHeld(source);
		await proveWritable(files, joinPath(folder, ownFolder));
		return ofOneRepository(failure);
	} catch (common) {
		const cause = asFailure(common);
		return 'path' in cause ? {...cause, path: folder} : cause;
	}
};
