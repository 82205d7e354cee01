import type {Refs} from '../plan/repository.ts';
import type {RefChange} from '../run/outcome.ts';

/**
 * The mirror's own history: one commit a changed run on `refs/cistern/history`, whose tree holds
 * one file, `refs`, with HEAD and all branches and tags of that moment. It lies in the mirror so
 * that it travels with the folder and git checks it.
 */
export const historyRef = 'refs/cistern/history';

/** Old tips that upstream rewrote or deleted, for good: `refs/cistern/kept/<run>/heads/x`. */
export const keptPrefix = 'refs/cistern/kept/';

/** Old tips that are held only while a run moves refs, or after it was killed doing so. */
export const pinPrefix = 'refs/cistern/pin/';

export type HistoryEntry = {
	/** What `formatRefs` gives. */
	readonly refsText: string;
	/** What `formatMessage` gives. */
	readonly message: string;
	/** Milliseconds since 1970. */
	readonly at: number;
};

/** An entry as it lies in the mirror. */
export type RecordedHistory = {
	readonly oid: string;
	readonly refsText: string;
	/** Milliseconds since 1970, whole seconds. */
	readonly at: number;
};

/** An entry as the log shows it. */
export type HistoryLogEntry = {
	readonly oid: string;
	/** Milliseconds since 1970, whole seconds; later than that of the entry before. */
	readonly at: number;
	/** What the clock of its run said. Earlier than `at` where the entry before bears a later date. */
	readonly clockAt: number;
	readonly message: string;
};

export type RefCommand =
	| {readonly kind: 'create'; readonly ref: string; readonly to: string}
	| {readonly kind: 'update'; readonly ref: string; readonly from: string; readonly to: string}
	| {readonly kind: 'delete'; readonly ref: string; readonly from: string};

export type RefTransaction = readonly RefCommand[];

/** `refs/heads/x` as it is called below a run's own name. */
export const keptRef = (run: string, ref: string): string => `${keptPrefix}${run}/${shortOf(ref)}`;
export const pinRef = (run: string, ref: string): string => `${pinPrefix}${run}/${shortOf(ref)}`;

const shortOf = (ref: string): string => ref.slice('refs/'.length);

/** HEAD and the refs as text: `ref: refs/heads/main HEAD`, then `<oid> <ref>` sorted by name. */
export const formatRefs = (head: string | undefined, refs: Refs): string => {
	const lines = [...refs.keys()].sort().map((name) => `${refs.get(name)} ${name}`);
	return `${[...(head === undefined ? [] : [`ref: ${head} HEAD`]), ...lines].join('\n')}\n`;
};

export const parseRefs = (text: string): {head: string | undefined; refs: Refs} => {
	const refs = new Map<string, string>();
	let head: string | undefined;
	for (const line of text.split('\n')) {
		const space = line.indexOf(' ');
		if (line.startsWith('ref: ') && line.endsWith(' HEAD')) {
			head = line.slice('ref: '.length, -' HEAD'.length);
		} else if (space > 0) {
			refs.set(line.slice(space + 1), line.slice(0, space));
		}
	}

	return {head, refs};
};

/** A change whose meaning is not named yet. */
export type RefMove = Pick<RefChange, 'ref' | 'from' | 'to'>;

/** What differs between two states, ordered by name. */
export const compareRefs = (before: Refs, after: Refs): readonly RefMove[] => {
	const names = [...new Set([...before.keys(), ...after.keys()])].sort();
	return names
		.map((ref) => ({ref, from: before.get(ref), to: after.get(ref)}))
		.filter(({from, to}) => from !== to);
};

export const isBranch = (ref: string): boolean => ref.startsWith('refs/heads/');

/** What a move means, once it is known which branches no longer contain their old tip. */
export const nameMove = (move: RefMove, isRewritten: boolean): RefChange => {
	const {ref, from, to} = move;
	if (from === undefined) {
		return {...move, kind: 'created'};
	}

	if (to === undefined) {
		return {...move, kind: 'deleted'};
	}

	if (!isBranch(ref)) {
		return {...move, kind: 'moved'};
	}

	return {...move, kind: isRewritten ? 'rewritten' : 'forwarded'};
};
