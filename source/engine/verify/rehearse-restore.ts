import {failureOf} from '../../domain/failure/failure.ts';
import {joinPath} from '../../domain/plan/layout.ts';
import type {Rehearsed} from '../../domain/verify/proof.ts';
import type {Clock} from '../../ports/clock.ts';
import type {Files} from '../../ports/files.ts';
import {
	mirrorOf,
	readState,
	type SavedPart,
	type StateThen,
	type StateTools,
} from '../restore/read-state.ts';

export type RehearsalTools = StateTools & {
	readonly files: Files;
	readonly signal: AbortSignal;
	/** Absolute path of a folder that does not exist; it is made, and removed again. */
	readonly place: string;
};

/** So many of them, each as likely as any other. */
export const drawSample = <Item>(
	items: readonly Item[],
	count: number,
	{random}: Pick<Clock, 'random'>,
): readonly Item[] => {
	const left = [...items];
	const drawn: Item[] = [];
	while (drawn.length < count && left.length > 0) {
		drawn.push(...left.splice(Math.floor(random() * left.length), 1));
	}

	return drawn;
};

/**
 * Restores a repository, or its wiki, with its work tree as of its last backup, checks every object of what came
 * out, compares it with what was recorded, and removes it again.
 */
export const rehearseRestore = async (
	tools: RehearsalTools,
	saved: SavedPart,
): Promise<Rehearsed> => {
	const {git, files, signal} = tools;
	const target = joinPath(tools.place, saved.repository.folder, saved.part);
	try {
		signal.throwIfAborted();
		const then = await readState(tools, saved, undefined);
		if ('result' in then) {
			return {state: 'different', detail: 'nothing is recorded of it'};
		}

		await files.makeFolder(target);
		const {head, refs} = then;
		await git.restore(mirrorOf(saved), target, {head, refs, as: {origin: undefined}}, signal);
		const detail = await findDifference({git, signal}, target, then);
		return detail === undefined ? {state: 'equal', refs: refs.size} : {state: 'different', detail};
	} catch (error) {
		signal.throwIfAborted();
		return {state: 'failed', failure: failureOf(error)};
	} finally {
		if (!signal.aborted) {
			await files.remove(target);
		}
	}
};

const findDifference = async (
	{git, signal}: Pick<RehearsalTools, 'git' | 'signal'>,
	target: string,
	{head, refs}: StateThen,
): Promise<string | undefined> => {
	const repository = joinPath(target, '.git');
	const {damage} = await git.checkObjects(repository, signal);
	if (damage !== undefined) {
		return damage.detail;
	}

	const tips = await git.readTips(repository);
	if (tips.size !== refs.size || [...refs].some(([ref, oid]) => tips.get(ref) !== oid)) {
		return 'its branches and tags are not as recorded';
	}

	const print = await git.readStamp(repository);
	if (head !== undefined && print?.head !== `ref: ${head}`) {
		return 'its default branch is not as recorded';
	}

	const isCheckedOut = head === undefined || !refs.has(head) || (await git.isCheckedOut(target));
	return isCheckedOut ? undefined : 'its files are not those of its default branch';
};
