import {parseMessage} from '../../domain/history/history-message.ts';
import type {Refs} from '../../domain/plan/repository.ts';
import type {Git} from '../../ports/git.ts';

/** An old state that the history names and that nothing in the mirror reaches any more. */
export type MissingTip = {
	/** What upstream called it. */
	readonly ref: string;
	readonly oid: string;
	/** When a run saw that upstream no longer had it, RFC 3339. */
	readonly at: string;
};

/**
 * What was kept and is no longer held: somebody deleted its ref. A tag, or anything else that is
 * no commit, has to be held by itself, since git looks through a tag object to its commit.
 */
export const findMissingTips = async (
	git: Git,
	mirror: string,
	tips: Refs,
): Promise<readonly MissingTip[]> => {
	const old = new Map<string, MissingTip>();
	const held = new Set(tips.values());
	for (const {at, message} of await git.readHistoryLog(mirror)) {
		for (const {ref, from} of parseMessage(message).changes) {
			if (from !== undefined && !held.has(from)) {
				old.set(from, {ref, oid: from, at: new Date(at).toISOString()});
			}
		}
	}

	const types = await git.readTypes(mirror, [...old.keys()]);
	const commits = [...types].filter(([, type]) => type === 'commit').map(([oid]) => oid);
	const lost = await git.findUnreachable(mirror, commits, [...held]);
	return [...old.values()].filter(({oid}) => types.get(oid) !== 'commit' || lost.has(oid));
};
