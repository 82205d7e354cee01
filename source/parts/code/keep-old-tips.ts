import {
	compareRefs,
	createAll,
	formatMessage,
	formatRefs,
	goesOn,
	historyRef,
	keptRef,
	nameMove,
	parseMessage,
	parseRefs,
	pinPrefix,
	type RecordedHistory,
	type RefMove,
} from '../../domain/history/history.ts';
import type {Refs} from '../../domain/plan/repository.ts';
import type {RefChange} from '../../domain/run/outcome.ts';
import type {Git, TypedRefs} from '../../ports/git.ts';

export type NewState = {
	readonly head: string | undefined;
	readonly refs: Refs;
	/** Refs of upstream that cannot be saved, because a mirror keeps such names for Cistern. */
	readonly refused: readonly string[];
	/** When upstream was asked, milliseconds since 1970. */
	readonly at: number;
};

type Moved = {
	readonly changes: readonly RefChange[];
	/** Refs whose old state only lives on below `refs/cistern/kept/`. */
	readonly kept: readonly string[];
};

/**
 * Moves a mirror's refs to upstream's state so that nothing it held is ever unreachable, at
 * whatever instant it is killed. The objects of the new state are there already.
 *
 * All is written at once: the refs, the history, and below `refs/cistern/kept/` every old value that
 * no new ref reaches. Tags and other non-commits are always kept: git would look through a tag
 * object to its commit. `forwarded`: refs that are known to reach their old value.
 */
export const moveRefs = async (
	git: Git,
	mirror: string,
	current: TypedRefs,
	state: NewState,
	forwarded: ReadonlySet<string>,
	run: string,
): Promise<Moved> => {
	const before = new Map([...current].map(([ref, {oid}]) => [ref, oid]));
	const changes = compareRefs(before, state.refs);
	const open = changes.filter(({ref}) => !forwarded.has(ref));
	const lost = await findLost(git, mirror, current, open, state.refs);
	const named = await nameChanges(git, mirror, changes, forwarded, lost);

	const last = await git.readLastHistory(mirror);
	const entry = await recordState(git, mirror, state, named, last);
	const keep = changes.flatMap(({ref, from}): [string, string][] =>
		from !== undefined && lost.has(ref) ? [[ref, from]] : [],
	);
	await git.updateRefs(mirror, [
		...createAll(keep.map(([ref, from]) => [keptRef(run, ref), from])),
		...changes,
		...(entry === undefined ? [] : [{ref: historyRef, from: last?.oid, to: entry}]),
	]);
	return {changes: named, kept: keep.map(([ref]) => ref)};
};

/** The refs of a new mirror, and the first entry of its history. */
export const beginHistory = async (
	git: Git,
	mirror: string,
	{head, refs, at}: NewState,
): Promise<void> => {
	const changes = compareRefs(new Map(), refs).map((move) => nameMove(move, false));
	const message = formatMessage({changes, head: undefined});
	await git.beginHistory(mirror, refs, {refsText: formatRefs(head, refs), message, at});
};

/**
 * Repairs a mirror whose run was killed while refs moved, by an earlier version that held each old
 * value with a pin meanwhile: pins that no other ref reaches are kept for good, the others removed.
 */
export const repairPins = async (git: Git, mirror: string, run: string): Promise<void> => {
	const pins = await git.readRefs(mirror, pinPrefix);
	if (pins.size === 0) {
		return;
	}

	const refs = await git.readRefs(mirror);
	const tips = [...pins.values()].map(({oid}) => oid);
	const lost = await git.findUnreachable(
		mirror,
		[...new Set(tips)],
		[...refs.values()].map(({oid}) => oid),
	);
	const kept = [...pins].filter(([, {oid}]) => lost.has(oid));
	await git.updateRefs(mirror, [
		...createAll(kept.map(([pin, {oid}]) => [keptRef(run, `refs/${withoutRun(pin)}`), oid])),
		...[...pins].map(([pin, {oid}]) => ({ref: pin, from: oid, to: undefined})),
	]);
};

/** `refs/cistern/pin/<run>/heads/x` to `<run>/heads/x`: two killed runs may have pinned one name. */
const withoutRun = (pin: string): string => pin.slice(pinPrefix.length);

/** Refs whose old value no new ref reaches. */
const findLost = async (
	git: Git,
	mirror: string,
	current: TypedRefs,
	changes: readonly RefMove[],
	after: Refs,
): Promise<ReadonlySet<string>> => {
	const old = changes.flatMap(({ref}) => {
		const value = current.get(ref);
		return value === undefined ? [] : [{ref, ...value}];
	});
	const commits = old.filter(({type}) => type === 'commit');
	const unreachable = await git.findUnreachable(
		mirror,
		[...new Set(commits.map(({oid}) => oid))],
		[...new Set(after.values())],
	);
	return new Set(
		old.filter(({type, oid}) => type !== 'commit' || unreachable.has(oid)).map(({ref}) => ref),
	);
};

/** Writes the new state's history entry, unless the last one says the same. */
const recordState = async (
	git: Git,
	mirror: string,
	state: NewState,
	named: readonly RefChange[],
	last: RecordedHistory | undefined,
): Promise<string | undefined> => {
	const refsText = formatRefs(state.head, state.refs);
	if (last?.refsText === refsText) {
		return undefined;
	}

	const before = last === undefined ? undefined : parseRefs(last.refsText);
	const moves = compareRefs(before?.refs ?? new Map(), state.refs);
	const changes = await nameMoves(git, mirror, moves, named);
	const isSameHead = before === undefined || before.head === state.head;
	const head = isSameHead ? undefined : {from: before.head, to: state.head};
	const message = formatMessage({changes, head});
	const {oid} = await git.writeHistory(mirror, {refsText, message, at: state.at}, last);
	return oid;
};

/**
 * Names the kind of each change, for people and for the history. A ref whose old value is lost was
 * rewritten; git is asked about one whose old value some new ref still reaches.
 */
const nameChanges = async (
	git: Git,
	mirror: string,
	changes: readonly RefMove[],
	forwarded: ReadonlySet<string>,
	lost: ReadonlySet<string>,
): Promise<readonly RefChange[]> => {
	const doubtful = changes.flatMap(({ref, from, to}) =>
		goesOn(ref) && from !== undefined && to !== undefined && !forwarded.has(ref) && !lost.has(ref)
			? [{ref, from, to}]
			: [],
	);
	const rewritten = await git.findRewritten(mirror, doubtful);
	return changes.map((change) =>
		nameMove(change, rewritten.has(change.ref) || lost.has(change.ref)),
	);
};

/**
 * The changes since the last entry. They are the changes of this run, unless a run was killed between
 * its moves and its entry, or the mirror was lost: then a ref is compared with its last recorded
 * state, of which perhaps only the id is left.
 */
export const nameMoves = async (
	git: Git,
	mirror: string,
	moves: readonly RefMove[],
	named: readonly RefChange[] = [],
): Promise<readonly RefChange[]> => {
	const known = new Map(named.map((change) => [change.ref, change]));
	const sameAs = ({ref, from, to}: RefMove): RefChange | undefined => {
		const same = known.get(ref);
		return same?.from === from && same?.to === to ? same : undefined;
	};
	const open = moves.filter((move) => sameAs(move) === undefined);
	const moved = open.flatMap(({ref, from, to}) =>
		goesOn(ref) && from !== undefined && to !== undefined ? [{ref, from, to}] : [],
	);
	const unreached = await git.findUnreached(
		mirror,
		moved.map(({from}) => from),
		moved.map(({to}) => to),
	);
	const rewritten = await git.findRewritten(
		mirror,
		moved.filter(({from}) => !unreached.has(from)),
	);
	return moves.map((move) => {
		const isLost = move.from !== undefined && unreached.has(move.from);
		return sameAs(move) ?? nameMove(move, isLost || rewritten.has(move.ref));
	});
};

/** An old state that the history names and that no ref of the mirror reaches any more. */
type MissingTip = {
	/** Its name upstream. */
	readonly ref: string;
	readonly oid: string;
	/** When a run saw that upstream no longer had it, RFC 3339. */
	readonly at: string;
};

/**
 * Finds old tips that were kept and whose refs were deleted since. A tag, or any other non-commit,
 * needs a ref of its own, because git looks through a tag object to its commit.
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
	// A commit that is there may still lack what it reaches.
	const lost = await git.findUnreached(mirror, commits, [...held]);
	return [...old.values()].filter(({oid}) => types.get(oid) !== 'commit' || lost.has(oid));
};
