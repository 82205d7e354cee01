import {FailureError, ifPossible} from '../../domain/failure/failure.ts';
import {type FeedEntry, readFeedEntry} from '../../domain/metadata/merge.ts';
import type {Walk} from '../../domain/metadata/reading.ts';
import type {MetadataAnswer, MetadataRead} from '../../ports/metadata.ts';
import type {Collecting, Step} from './collect.ts';

/**
 * Reads the repository's feed down to a moment, milliseconds since 1970. The feed has no order but
 * that of its dates, so it is followed until a page has nothing newer.
 */
export const readFeedUntil = async (work: Collecting, until: number): Promise<void> => {
	const placeOf = watchForEnd(work.copy.reading.total);
	let page: string | undefined;
	for (;;) {
		const answer = await askForPage(work, page);
		if (answer.state !== 'read') {
			return;
		}

		const entries = addEntries(work, answer);
		const place = placeOf(answer);
		if (place === 'beyond') {
			throw endless();
		}

		if (place === 'end' || entries.every(({at}) => at !== undefined && at < until)) {
			return;
		}

		page = answer.next;
	}
};

/** Through the whole feed, the newest first: comments, approvals, updates of all pull requests. */
export const walkFeed: Step = async (work) => {
	const {feed, total} = work.reading;
	if (feed.endedAt !== undefined) {
		return;
	}

	const placeOf = watchForEnd(total);
	let answer = await goOn(work, feed);
	while (answer.state === 'read') {
		addEntries(work, answer);
		const {next} = answer;
		const pages = work.reading.feed.pages + 1;
		switch (placeOf(answer)) {
			case 'end':
				return work.moveTo({
					feed: {pages, endedAt: new Date(work.session.clock.now()).toISOString()},
				});
			case 'beyond':
				// The next run begins again.
				await work.moveTo({feed: {pages: 0}});
				throw endless();
			case 'within':
				await work.moveTo({feed: {pages, next}});
				work.tell('what happened');
				answer = await askForPage(work, next);
		}
	}
};

/** The address of an earlier run is not good for ever. If it is refused, the walk begins again. */
const goOn = async (work: Collecting, {next}: Walk): Promise<MetadataAnswer> => {
	work.tell('what happened');
	if (next !== undefined) {
		const answer = await ifPossible(askForPage(work, next));
		if (answer?.state === 'read') {
			return answer;
		}

		await work.moveTo({feed: {pages: 0}});
	}

	return askForPage(work, undefined);
};

const askForPage = (
	{ask, copy: {repository}}: Collecting,
	page: string | undefined,
): Promise<MetadataAnswer> => ask({kind: 'activity', repository, page});

/** Entries that a feed may have, and that each pull request may add to them. */
const mostEntries = {ofFeed: 100_000, ofPullRequest: 1000};

/** Entries of a page. One with fewer counts as a full one, or empty pages would have no end. */
const pageLength = 50;

/** Where a page of a feed stands. `beyond`: no feed is so long. */
type Place = 'within' | 'end' | 'beyond';

/** Takes each page in turn. One that leads back to an earlier page is the end. `total`: pull requests that are saved. */
const watchForEnd = (total: number): ((page: MetadataRead) => Place) => {
	const pages = new Set<string>();
	let left = mostEntries.ofFeed + mostEntries.ofPullRequest * total;
	return ({values, next}) => {
		left -= Math.max(pageLength, values.length);
		if (next === undefined || pages.has(next)) {
			return 'end';
		}

		pages.add(next);
		return left < 0 ? 'beyond' : 'within';
	};
};

const endless = (): FailureError =>
	new FailureError({
		kind: 'unexpected-answer',
		detail: 'the feed of pull requests goes on without an end',
	});

/** Adds a page of the feed to the draft. */
const addEntries = ({draft}: Collecting, {values}: MetadataRead): readonly FeedEntry[] => {
	const entries = values.flatMap((value) => readFeedEntry(value) ?? []);
	for (const entry of entries) {
		if ('comment' in entry) {
			draft.addComments(entry.id, [entry.comment], 'feed');
		} else {
			draft.addActivity(entry.id, [entry.event]);
		}
	}

	return entries;
};
