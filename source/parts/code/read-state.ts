import {FailureError, ifPossible} from '../../domain/failure/failure.ts';
import {formatRefs, parseRefs} from '../../domain/history/history.ts';
import type {Git} from '../../ports/git.ts';
import type {NotYetSaved, PartCopy, PartState} from '../part.ts';
import type {MirrorEntry} from './mirror.ts';

/** A mirror in the backup, which may be missing or damaged. */
export type MirrorCopy = {
	readonly name: string;
	/** Absolute path. */
	readonly path: string;
	/** Undefined if the record is lost or has no entry for it. */
	readonly record: MirrorEntry | undefined;
};

type Tools = Pick<PartCopy, 'git' | 'digest'>;

/**
 * Reads the state of a mirror at a moment (milliseconds since 1970; undefined for the newest). A
 * mirror without a usable history has only its newest state: another tool's copy never had one.
 * Throws `mirror-unusable` if a recorded mirror has lost its history and does not match its
 * record either: a part of the refs must not pass for all of them.
 */
export const readState = async (
	tools: Tools,
	mirror: MirrorCopy,
	at: number | undefined,
): Promise<PartState | NotYetSaved> =>
	(await readFromHistory(tools, mirror, at)) ?? readWithoutHistory(tools, mirror, at);

/**
 * Undefined if there is no history. Also if it is damaged, if the newest state is wanted and
 * the record can confirm that state.
 */
const readFromHistory = async (
	{git}: Tools,
	{path, record}: MirrorCopy,
	at: number | undefined,
): Promise<PartState | NotYetSaved | undefined> => {
	try {
		const log = await git.readHistoryLog(path);
		const entry = log.find((one) => at === undefined || one.at <= at);
		if (entry !== undefined) {
			return {at: entry.at, ...parseRefs(await git.readHistoryRefs(path, entry.oid))};
		}

		const first = log.at(-1);
		return first && {result: 'not-yet-saved', first: new Date(first.at).toISOString()};
	} catch (error) {
		const isDamaged = error instanceof FailureError && error.failure.kind === 'mirror-unusable';
		if (!isDamaged || at !== undefined || record === undefined) {
			throw error;
		}

		return undefined;
	}
};

const readWithoutHistory = async (
	{git, digest}: Tools,
	{path, record}: MirrorCopy,
	at: number | undefined,
): Promise<PartState | NotYetSaved> => {
	const present = await readPresentState(git, path);
	if (record === undefined) {
		return at === undefined ? present : {result: 'not-yet-saved', first: undefined};
	}

	// The digest leaves out a default branch that does not exist, but HEAD still names it.
	const isAsRecorded = [present.head, undefined].some(
		(head) => digest(formatRefs(head, present.refs)) === record.refs.digest,
	);
	if (isAsRecorded && (at === undefined || Date.parse(record.changedAt) <= at)) {
		const changedAt = Date.parse(record.changedAt);
		return {...present, at: Number.isNaN(changedAt) ? undefined : changedAt};
	}

	const detail = isAsRecorded
		? 'its history is gone or damaged: only the newest state can be had'
		: 'its history is gone or damaged, and its refs are not as recorded';
	throw new FailureError({kind: 'mirror-unusable', path, detail});
};

const readPresentState = async (git: Git, mirror: string): Promise<PartState> => {
	const refs = await git.readRefs(mirror);
	const {head = ''} = (await git.readStamp(mirror)) ?? {};
	return {
		at: undefined,
		head: head === '' ? undefined : head.replace(/^ref: /, ''),
		refs: new Map([...refs].map(([ref, {oid}]) => [ref, oid])),
	};
};

/**
 * When the newest state was recorded, milliseconds since 1970. Undefined if the history is
 * missing or unreadable.
 */
export const readNewest = async (
	{git}: Pick<PartCopy, 'git'>,
	mirror: string,
): Promise<number | undefined> => (await ifPossible(git.readLastHistory(mirror)))?.at;
