import {failureOf} from '../../domain/failure/failure.ts';
import {headFile} from '../../domain/history/history.ts';
import {joinPath} from '../../domain/plan/layout.ts';
import type {Rehearsed} from '../../domain/verify/verdict.ts';
import type {PartCopy, PartState} from '../part.ts';
import {type MirrorCopy, readState} from './read-state.ts';

/**
 * Restores the newest state of a mirror as a working copy to `target`, checks every object there,
 * compares it with the recorded state, and removes it. `target` must not exist.
 */
export const rehearse = async (
	tools: PartCopy,
	mirror: MirrorCopy,
	target: string,
	complete: (target: string) => Promise<string | undefined> = async () => undefined,
): Promise<Rehearsed> => {
	const {git, files, signal} = tools;
	try {
		signal.throwIfAborted();
		const state = await readState(tools, mirror, undefined);
		if ('result' in state) {
			return {state: 'different', detail: 'nothing is recorded of it'};
		}

		await files.makeFolder(target);
		const {head, refs} = state;
		await git.restore(mirror.path, target, {head, refs, as: {origin: undefined}}, signal);
		const detail = (await findDifference(tools, target, state)) ?? (await complete(target));
		return detail === undefined ? {state: 'equal', refs: refs.size} : {state: 'different', detail};
	} catch (error) {
		signal.throwIfAborted();
		return {state: 'failed', failure: failureOf(error)};
	} finally {
		// After an interruption git may still write here; the command removes the folder once it ended.
		if (!signal.aborted) {
			await files.remove(target);
		}
	}
};

const findDifference = async (
	{git, signal}: PartCopy,
	target: string,
	{head, refs}: PartState,
): Promise<string | undefined> => {
	const repository = joinPath(target, '.git');
	const {damage} = await git.checkObjects(repository, signal);
	if (damage !== undefined) {
		return damage.detail;
	}

	const tips = await git.readTips(repository);
	if (tips.size !== refs.size || [...refs].some(([ref, oid]) => tips.get(ref) !== oid)) {
		return 'its refs are not as recorded';
	}

	const stamp = await git.readStamp(repository);
	if (head !== undefined && stamp?.head !== headFile(head)) {
		return 'its default branch is not as recorded';
	}

	return (await git.isCheckedOut(target))
		? undefined
		: 'its files are not those of its default branch';
};
