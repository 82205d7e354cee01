import type {Failure} from '../../domain/failure/failure.ts';
import {isLimit, isOutage, isRefusal} from '../../domain/failure/failure-table.ts';
import type {ListedBadly} from '../../domain/plan/listing.ts';
import type {Names} from '../../domain/plan/packed-names.ts';
import type {Look, PlanItem} from '../../domain/plan/plan.ts';
import {asUnlisted, fullName, type Repository} from '../../domain/plan/repository.ts';
import type {SavedRepository} from '../../domain/record/record.ts';
import {isInRange, rangeOf, type Shard} from '../../domain/store/shard.ts';
import type {Session} from '../session.ts';
import {isAbsentWorkspace, type ListingEnd} from './list.ts';

/** Everything that a workspace lists. */
export type Listed = {
	/** Slugs by uuid, of the repositories that this run works on. */
	readonly own: ReadonlyMap<string, string>;
	/** Everything that another shard works on. */
	readonly others: Names;
	readonly listing: ListingEnd;
};

export const slugsOf = ({own, others}: Listed): readonly string[] =>
	[...own, ...others].map(([, slug]) => slug);

/**
 * Saved repositories that a broken listing may have hidden: git alone can look at them and save
 * them, by the names in their records. None if every page and entry of the listing came, and
 * none if the failure is likely to concern git too.
 */
export const findHidden = (
	{bitbucket}: Session,
	saved: readonly SavedRepository[],
	listed: Listed,
	isWanted: (slug: string) => boolean,
): readonly Repository[] => {
	const {own, listing} = listed;
	if (!mayHide(listing)) {
		return [];
	}

	const taken = new Set(slugsOf(listed));
	const failed = new Set(listing.unreadable.flatMap(({uuid, name}) => [uuid, name]));
	return saved.flatMap(({record}) => {
		const {uuid, workspace, slug} = record;
		const isKnown = own.has(uuid) || failed.has(uuid) || failed.has(fullName(record));
		// If a listed repository has the name, git would bring that one's content.
		const isHidden = !isKnown && !taken.has(slug) && record.goneSince === undefined;
		return isHidden && isWanted(slug)
			? [asUnlisted(record, bitbucket.cloneUrlOf(workspace, slug))]
			: [];
	});
};

const mayHide = (listing: ListingEnd): boolean => {
	const {failure, found, unreadable} = listing;
	if (failure === undefined) {
		return unreadable.length > 0;
	}

	const concernsGit =
		isRefusal(failure) ||
		isLimit(failure) ||
		isOutage(failure) ||
		failure.kind === 'rate-limited' ||
		(failure.kind === 'network' && found === 0);
	return !concernsGit && !isAbsentWorkspace(listing);
};

/** Upstream says that it is not there: after a broken listing that proves nothing. */
export const isAbsentLook = (look: Look): boolean =>
	look.state === 'failed' && isAbsent(look.failure);

const isAbsent = ({kind}: Failure): boolean => kind === 'not-found' || kind === 'gone';

/** An entry that does not tell its uuid may be anyone's, so every shard names it. */
const mayBeIn =
	(shard: Shard | undefined) =>
	({uuid}: ListedBadly): boolean =>
		uuid === undefined || isInRange(rangeOf(shard), uuid);

/** A failed item for each entry that cannot be used and that may be in scope. */
export const failUnreadable = (
	{source, run}: Session,
	saved: readonly SavedRepository[],
	{own, listing}: Listed,
	isWanted: (slug: string) => boolean,
): readonly PlanItem[] =>
	listing.unreadable.filter(mayBeIn(run.stateless?.shard)).flatMap((entry) => {
		const known = saved.find(({record}) =>
			entry.uuid === undefined
				? fullName(record) === entry.name && !own.has(record.uuid)
				: record.uuid === entry.uuid,
		);
		const repository = known?.record ?? nameEntry(entry, source.workspace);
		const failure: Failure = {kind: 'unexpected-answer', detail: describeEntry(entry)};
		const item: PlanItem = {
			repository: asUnlisted({...repository, isPrivate: true}),
			folder: known?.folder ?? '',
			saved: known,
			look: {state: 'failed', failure, attempts: 1},
			action: 'fail',
			reason: 'its entry in the listing cannot be used',
			failure,
			parts: {},
		};
		const isInScope = entry.name === undefined && known === undefined;
		return isInScope || isWanted(item.repository.slug) ? [item] : [];
	});

const describeEntry = ({place, page, detail}: ListedBadly): string =>
	`in entry ${place} on page ${page} of the listing, ${detail}`;

const nameEntry = (
	{name, uuid, place, page}: ListedBadly,
	workspace: string,
): Pick<Repository, 'uuid' | 'workspace' | 'slug'> => {
	const end = name?.indexOf('/') ?? -1;
	return name === undefined
		? {uuid: uuid ?? '', workspace, slug: `(entry ${place} on page ${page} of the listing)`}
		: {uuid: uuid ?? '', workspace: name.slice(0, end), slug: name.slice(end + 1)};
};
