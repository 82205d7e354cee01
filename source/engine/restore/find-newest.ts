import {FailureError} from '../../domain/failure/failure.ts';
import type {Git} from '../../ports/git.ts';
import {mirrorOf, type SavedPart} from './read-state.ts';

/**
 * When the newest state was recorded of all that is to be brought back, milliseconds since 1970;
 * undefined where nothing of it has a history that can be read.
 */
export const findNewest = async (
	git: Git,
	parts: readonly SavedPart[],
): Promise<number | undefined> => {
	let newest: number | undefined;
	for (const part of parts) {
		const at = await readNewest(git, mirrorOf(part));
		newest = at === undefined || (newest !== undefined && newest > at) ? newest : at;
	}

	return newest;
};

const readNewest = async (git: Git, mirror: string): Promise<number | undefined> => {
	try {
		return (await git.readLastHistory(mirror))?.at;
	} catch (error) {
		// What is wrong with it the restore itself will say.
		if (error instanceof FailureError) {
			return undefined;
		}

		throw error;
	}
};
