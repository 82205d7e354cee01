import {fullName} from '../plan/repository.ts';
import type {SavedRepository} from '../record/record.ts';
import type {RepositoryHistory} from './repository-history.ts';

/** Something that upstream took away, as a run found; the backup still has it. */
export type TakenAway = {
	/** When the run found it, RFC 3339. */
	readonly at: string;
	readonly source: string;
	/** Full name. */
	readonly repository: string;
	/** Below the source's folder. */
	readonly folder: string;
	/** A moment at which it was still there, for `restore --at`. RFC 3339, to the second. */
	readonly before: string;
} & (
	| {
			readonly kind: 'rewritten' | 'moved' | 'deleted';
			/** Full name. */
			readonly ref: string;
			readonly from: string;
			readonly to: string | undefined;
			/** Commits that only the backup holds now. */
			readonly onlyHere: number;
	  }
	/** The whole repository. */
	| {readonly kind: 'gone'}
);

/** A second before a moment, as `--at` takes it. */
const justBefore = (at: string): string =>
	new Date(Date.parse(at) - 1000).toISOString().replace(/\.\d+Z$/, 'Z');

/** Everything that upstream rewrote, moved or deleted from `since` on (RFC 3339), by a repository's history. */
export const takenFrom = (history: RepositoryHistory, since: string): readonly TakenAway[] =>
	history.runs.flatMap(({at, changes, isFirst}) =>
		isFirst || at < since
			? []
			: changes.flatMap(({ref, kind, from, to, onlyHere}): readonly TakenAway[] =>
					from === undefined || kind === 'created' || kind === 'forwarded'
						? []
						: [
								{
									at,
									source: history.source,
									repository: history.repository,
									folder: history.folder,
									before: justBefore(at),
									kind,
									ref,
									from,
									to,
									onlyHere,
								},
							],
				),
	);

/** A repository that is gone from upstream since `since` (RFC 3339) or later. */
export const goneFrom = (
	{record, folder}: SavedRepository,
	source: string,
	since: string,
): readonly TakenAway[] => {
	const at = record.goneSince;
	return at === undefined || at < since
		? []
		: [
				{
					at,
					source,
					repository: fullName(record),
					folder,
					before: justBefore(at),
					kind: 'gone',
				},
			];
};

/** Newest first. */
export const byNewest = (left: TakenAway, right: TakenAway): number => {
	if (left.at !== right.at) {
		return left.at < right.at ? 1 : -1;
	}

	return left.repository < right.repository ? -1 : 1;
};
