import {keptPrefix} from '../../domain/history/history.ts';
import type {KeptTip} from '../../domain/history/repository-history.ts';
import {passOverForeignRefs} from './environment.ts';
import {inMirror, type RunGit} from './run-git.ts';

/**
 * Counts, for each kept object, the commits that only it and other kept ones reach, and names the
 * newest `most` of them. A commit is forgotten once its parents know which tips reach them, so that
 * memory does not grow with the number of commits.
 */
export const readKept = async (
	run: RunGit,
	mirror: string,
	most: number,
): Promise<ReadonlyMap<string, KeptTip>> => {
	const git = inMirror(run);
	const format = '--format=%(objectname) %(*objectname)';
	const refs = await git(mirror, ['for-each-ref', format, keptPrefix]);
	const kept = new Map<string, {onlyHere: number; newest: string[]}>();
	/** The tips that reach a commit, until git has named it: it names no parent before its children. */
	const reaching = new Map<string, readonly string[]>();
	for (const line of refs.split('\n').filter(Boolean)) {
		const [oid = '', peeled] = line.split(' ');
		const commit = peeled || oid;
		if (!kept.has(oid)) {
			kept.set(oid, {onlyHere: 0, newest: []});
			reaching.set(commit, join(reaching.get(commit), [oid]));
		}
	}

	const take = ([oid = '', ...parents]: readonly string[]): void => {
		const tips = reaching.get(oid) ?? [];
		reaching.delete(oid);
		for (const tip of tips.flatMap((one) => kept.get(one) ?? [])) {
			tip.onlyHere += 1;
			if (tip.newest.length < most) {
				tip.newest.push(oid);
			}
		}

		for (const parent of parents) {
			reaching.set(parent, join(reaching.get(parent), tips));
		}
	};

	const onlyKept = [`--glob=${keptPrefix}*`, '--not', '--exclude=refs/cistern/*', '--all'];
	await git(mirror, ['rev-list', '--date-order', '--parents', ...onlyKept], {
		variables: passOverForeignRefs,
		onLine: (line) => take(line.split(' ')),
	});
	return kept;
};

/** Both lists as one, and the very same one if that is possible: most commits have one child. */
const join = (some: readonly string[] | undefined, others: readonly string[]): readonly string[] =>
	some === undefined || some === others ? others : [...new Set([...some, ...others])];
