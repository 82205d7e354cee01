import type {Refs} from '../plan/repository.ts';
import type {RefChange} from '../run/outcome.ts';
import {readCompactTime} from '../text/format.ts';

/**
 * The mirror's own history: one commit a changed run on `refs/cistern/history`, whose tree holds
 * one file, `refs`, with HEAD and all refs of that moment. It lies in the mirror so that it
 * travels with the folder and git checks it.
 */
export const historyRef = 'refs/cistern/history';

/** Old tips that upstream rewrote or deleted, for good: `refs/cistern/kept/<run>/heads/x`. */
export const keptPrefix = 'refs/cistern/kept/';

/** Commits of pull requests that upstream shows by no ref, for good: `refs/cistern/pull-requests/142/…`. */
export const pullRequestPrefix = 'refs/cistern/pull-requests/';

/** Old tips that an earlier version held while it moved refs. They remain where it was killed doing so. */
export const pinPrefix = 'refs/cistern/pin/';

export type HistoryEntry = {
	/** As `formatRefs` writes it. */
	readonly refsText: string;
	/** As `formatMessage` writes it. */
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
	/** Milliseconds since 1970, whole seconds; always later than the entry before. */
	readonly at: number;
	/** The time of its run's clock. Earlier than `at` if the entry before has a later date. */
	readonly clockAt: number;
	readonly message: string;
};

/** `refs/heads/x` as a ref below the run's name. */
export const keptRef = (run: string, ref: string): string => `${keptPrefix}${run}/${shortOf(ref)}`;

const shortOf = (ref: string): string => ref.slice('refs/'.length);

/** The content of git's file HEAD: it names a branch, or an object if it is detached. */
export const headFile = (head: string): string => (isDetached(head) ? head : `ref: ${head}`);

export const isDetached = (head: string | undefined): head is string =>
	head !== undefined && !head.startsWith('refs/');

/** HEAD of a new repository, if upstream's names no branch. */
export const unbornHead = 'refs/heads/main';

/** Does HEAD name a branch that is not there, though others are? */
export const hasNoHead = (head: string | undefined, refs: Refs): boolean =>
	!isDetached(head) && !refs.has(head ?? unbornHead) && [...refs.keys()].some(isBranch);

/** HEAD and the refs as text: `ref: refs/heads/main HEAD`, then `<oid> <ref>` sorted by name. */
export const formatRefs = (head: string | undefined, refs: Refs): string => {
	const lines = [...refs.keys()].sort().map((name) => `${refs.get(name)} ${name}`);
	return `${[...(head === undefined ? [] : [`${headFile(head)} HEAD`]), ...lines].join('\n')}\n`;
};

export const parseRefs = (text: string): {head: string | undefined; refs: Refs} => {
	const refs = new Map<string, string>();
	let head: string | undefined;
	for (const line of text.split('\n')) {
		const space = line.indexOf(' ');
		if (line.startsWith('ref: ') && line.endsWith(' HEAD')) {
			head = line.slice('ref: '.length, -' HEAD'.length);
		} else if (line.slice(space) === ' HEAD') {
			head = line.slice(0, space);
		} else if (space > 0) {
			refs.set(line.slice(space + 1), line.slice(0, space));
		}
	}

	return {head, refs};
};

/** A change whose kind is not known yet. Without `from` the ref is made, and without `to` it is deleted. */
export type RefMove = Pick<RefChange, 'ref' | 'from' | 'to'>;

/** The differences between two states, ordered by name. */
export const compareRefs = (before: Refs, after: Refs): readonly RefMove[] => {
	const names = [...new Set([...before.keys(), ...after.keys()])].sort();
	return names
		.map((ref) => ({ref, from: before.get(ref), to: after.get(ref)}))
		.filter(({from, to}) => from !== to);
};

/** The moves that make new refs. */
export const createAll = (refs: Iterable<readonly [ref: string, to: string]>): readonly RefMove[] =>
	[...refs].map(([ref, to]) => ({ref, from: undefined, to}));

export const isBranch = (ref: string): boolean => ref.startsWith('refs/heads/');

const isTag = (ref: string): boolean => ref.startsWith('refs/tags/');

/** Does the ref go on from tip to tip, as a branch or notes do? A tag is moved instead. */
export const goesOn = (ref: string): boolean => !isTag(ref);

/** Names the kind of a move. `isRewritten`: the new tip does not contain the old one. */
export const nameMove = (move: RefMove, isRewritten: boolean): RefChange => {
	const {ref, from, to} = move;
	if (from === undefined) {
		return {...move, kind: 'created'};
	}

	if (to === undefined) {
		return {...move, kind: 'deleted'};
	}

	if (!goesOn(ref)) {
		return {...move, kind: 'moved'};
	}

	return {...move, kind: isRewritten ? 'rewritten' : 'forwarded'};
};

/** The changes that one entry records: of refs, and of the default branch. */
export type RecordedMoves = {
	readonly changes: readonly RefChange[];
	/** Full names; undefined if the default branch is the same. */
	readonly head: {readonly from: string | undefined; readonly to: string | undefined} | undefined;
};

/**
 * Writes a first line for people, then `HEAD <old|-> <new|->` if the default branch is another one,
 * and `<kind> <old|-> <new|-> <ref>` for each change.
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
const headLine = /^HEAD (-|refs\/\S+|[0-9a-f]{40,64}) (-|refs\/\S+|[0-9a-f]{40,64})$/;

/** Reads a message of `formatMessage`. */
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

/** A ref below `refs/cistern/kept/` taken apart. */
export type KeptRef = {
	/** Its name upstream: `refs/heads/x`. */
	readonly ref: string;
	/** When the run began that kept it, RFC 3339; undefined if the name does not tell. */
	readonly keptAt: string | undefined;
};

/** A run that repaired the pins of a killed one keeps them below the names of both. */
const keptName = /^([^/]+)\/(?:(?:\d{8}T\d{6}Z-\w+|run-[-\w]+|[0-9a-f]{12})\/)?(.+)$/;

export const parseKeptRef = (name: string): KeptRef => {
	const [, run = '', short] = keptName.exec(name.slice(keptPrefix.length)) ?? [];
	const [began = ''] = run.split('-');
	return {ref: short === undefined ? name : `refs/${short}`, keptAt: readCompactTime(began)};
};
