import {isBranch, nameMove, type RefMove} from '../../domain/history/history.ts';
import type {RefChange} from '../../domain/run/outcome.ts';
import type {Git} from '../../ports/git.ts';

/** Says of each change what it means, for people and for the history. */
export const nameChanges = async (
	git: Git,
	mirror: string,
	changes: readonly RefMove[],
): Promise<readonly RefChange[]> => {
	const moves = new Map<string, string>();
	for (const {ref, from, to} of changes) {
		if (isBranch(ref) && from !== undefined && to !== undefined) {
			moves.set(ref, to);
		}
	}

	const rewritten = await git.findRewritten(mirror, moves);
	return changes.map((change) => nameMove(change, rewritten.has(change.ref)));
};

/**
 * What changed since the last entry. That is what changed now, unless a run was killed between its
 * moves and its entry: then the ref is compared with what was last recorded of it.
 */
export const nameSinceLast = async (
	git: Git,
	mirror: string,
	moves: readonly RefMove[],
	named: readonly RefChange[],
): Promise<readonly RefChange[]> => {
	const known = new Map(named.map((change) => [change.ref, change]));
	const changes: RefChange[] = [];
	for (const move of moves) {
		const {ref, from, to} = move;
		const same = known.get(ref);
		if (same !== undefined && same.from === from && same.to === to) {
			changes.push(same);
		} else {
			const isMoved = isBranch(ref) && from !== undefined && to !== undefined;
			const lost = isMoved ? await git.findUnreachable(mirror, [from], [to]) : new Set();
			changes.push(nameMove(move, lost.size > 0));
		}
	}

	return changes;
};
