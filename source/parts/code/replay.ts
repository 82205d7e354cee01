import type {Git} from '../../ports/git.ts';
import {moveRefs, type NewState} from './keep-old-tips.ts';
import {pointHead} from './mirror.ts';
import {keepDetachedHead} from './update.ts';

/**
 * Moves a mirror, which has all objects, to a state of upstream's that was seen long ago, as a backup
 * of that time would have: with its entry in the history, and with every tip kept that upstream had
 * taken away. `run` names it.
 */
export const replay = async (
	git: Git,
	mirror: string,
	state: Omit<NewState, 'refused'>,
	run: string,
): Promise<void> => {
	const current = await git.readRefs(mirror);
	await moveRefs(git, mirror, current, {...state, refused: []}, new Set(), run);
	await keepDetachedHead({git, mirror, run: {name: run}}, state.head);
	await pointHead(git, mirror, state.head);
};
