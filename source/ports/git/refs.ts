import type {RefTransaction} from '../../domain/history/history.ts';
import type {Refs} from '../../domain/plan/repository.ts';

/** Ref name to object id and type, as `for-each-ref` gives them. */
export type TypedRefs = ReadonlyMap<string, {readonly oid: string; readonly type: string}>;

/** The branches and tags of a mirror, and how one state of them follows another. `mirror` is the absolute path of a bare repository. */
export interface GitRefs {
	/** Branches and tags; with `prefix`, refs below another namespace. `mirror-unusable` if it is none. */
	readRefs(mirror: string, prefix?: string): Promise<TypedRefs>;

	/** All refs, Cistern's own included. Reads no object, so that what is missing or damaged is named too. */
	readTips(mirror: string): Promise<Refs>;

	/**
	 * Applies transactions in order, each whole before the next begins. Not atomic under a kill:
	 * see `engine/save/keep-old-tips.ts` for what makes that safe.
	 */
	updateRefs(mirror: string, transactions: readonly RefTransaction[]): Promise<void>;

	/** Those of `tips` (commits) that none of `from` reaches. */
	findUnreachable(
		mirror: string,
		tips: readonly string[],
		from: readonly string[],
	): Promise<ReadonlySet<string>>;

	/** Those of the branches that would not be fast-forwarded by moving to the given object. */
	findRewritten(mirror: string, moves: Refs): Promise<ReadonlySet<string>>;
}
