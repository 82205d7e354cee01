import type {RefChange} from './outcome.ts';
import type {Refs} from './repository.ts';

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
	/** Milliseconds since 1970, whole seconds. */
	readonly at: number;
	readonly message: string;
};

/** What Cistern alone holds of a repository. */
export type KeptState = {
	/** Each kept object, and the commit that it stands for: a tag object's is another. */
	readonly tips: ReadonlyMap<string, string>;
	/** Commits that no branch and no tag of upstream's reaches, newest first, with their parents. */
	readonly commits: ReadonlyMap<string, readonly string[]>;
};

/** A commit in the words of whoever made it. */
export type KeptCommit = {
	readonly oid: string;
	readonly author: string;
	readonly email: string;
	/** When it was made, RFC 3339. */
	readonly at: string;
	/** The first line of its message. */
	readonly subject: string;
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

const byName = ([left]: [string, string], [right]: [string, string]): number =>
	left < right ? -1 : left > right ? 1 : 0;

/** HEAD and the refs as text: `ref: refs/heads/main HEAD`, then `<oid> <ref>` sorted by name. */
export const formatRefs = (head: string | undefined, refs: Refs): string => {
	const lines = [...refs].sort(byName).map(([name, oid]) => `${oid} ${name}`);
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

/** What one entry says happened: to branches and tags, and to the default branch's name. */
export type RecordedMoves = {
	readonly changes: readonly RefChange[];
	/** Full names; undefined where the default branch is the one that it was. */
	readonly head: {readonly from: string | undefined; readonly to: string | undefined} | undefined;
};

/**
 * Below a first line for people: `<kind> <old|-> <new|-> <ref>` for each change, and
 * `HEAD <old|-> <new|->` where the default branch is another.
 */
export const formatMessage = ({changes, head}: RecordedMoves): string => {
	const lines = changes.map(
		({kind, ref, from, to}) => `${kind} ${from ?? '-'} ${to ?? '-'} ${ref}`,
	);
	const count = changes.length === 1 ? '1 ref changed' : `${changes.length} refs changed`;
	const [subject, ...headLines] =
		head === undefined
			? [count]
			: [`${count}, another default branch`, `HEAD ${head.from ?? '-'} ${head.to ?? '-'}`];
	return `${[subject, '', ...headLines, ...lines].join('\n')}\n`;
};

const changeLine =
	/^(created|forwarded|rewritten|moved|deleted) (-|[0-9a-f]{40,64}) (-|[0-9a-f]{40,64}) (refs\/.+)$/;
const headLine = /^HEAD (-|refs\/\S+) (-|refs\/\S+)$/;

/** Reads what `formatMessage` wrote. */
export const parseMessage = (message: string): RecordedMoves => {
	const lines = message.split('\n');
	const [, before, after] = lines.map((line) => headLine.exec(line)).find(Boolean) ?? [];
	return {
		head: after === undefined ? undefined : {from: orNothing(before), to: orNothing(after)},
		changes: lines.flatMap((line) => {
			const [, kind, from, to, ref] = changeLine.exec(line) ?? [];
			return ref === undefined
				? []
				: [{kind: kind as RefChange['kind'], ref, from: orNothing(from), to: orNothing(to)}];
		}),
	};
};

const orNothing = (text: string | undefined): string | undefined =>
	text === '-' ? undefined : text;

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

/** Commits that one kept tip alone holds on to, or together with other kept ones, newest first. */
export const commitsOnlyHere = (tip: string, {tips, commits}: KeptState): readonly string[] => {
	const reached = new Set<string>();
	const open = [tips.get(tip) ?? tip];
	for (let oid = open.pop(); oid !== undefined; oid = open.pop()) {
		const parents = commits.get(oid);
		if (parents !== undefined && !reached.has(oid)) {
			reached.add(oid);
			open.push(...parents);
		}
	}

	return [...commits.keys()].filter((oid) => reached.has(oid));
};
