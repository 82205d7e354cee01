import {FailureError} from '../../domain/failure/failure.ts';
import {endsTheRun, isRefusal} from '../../domain/failure/failure-table.ts';
import {areDownloadsDue, noDownloads} from '../../domain/metadata/downloads.ts';
import {addNews, describeNews, type News} from '../../domain/metadata/news.ts';
import {estimateLeft} from '../../domain/metadata/reading.ts';
import {requestsPerHour} from '../../domain/metadata/request-hour.ts';
import {areTipsDue} from '../../domain/metadata/tips.ts';
import type {SourcePlan} from '../../domain/plan/plan.ts';
import {fullName} from '../../domain/plan/repository.ts';
import type {Source} from '../../domain/settings/settings.ts';
import {runPool} from '../retry/pool.ts';
import type {FollowUp, FollowUpEnd, Session} from '../session.ts';
import {BudgetSpent, openBudget} from './budget.ts';
import {type Copy, openCopy, recordCopy} from './copy.ts';
import {beginReading, readBreadth, readDepth, readRest} from './first-save.ts';
import {lookAtPullRequests} from './look.ts';
import {refsOf} from './read-tips.ts';
import {type MetadataReader, openReader} from './reader.ts';
import {isRelistDue, relist} from './relist.ts';
import {type MetadataState, reportMetadata} from './report.ts';
import {isUnchanged, type OnSaved, saveLook} from './save-look.ts';

/** Milliseconds that a run reads metadata where the settings say nothing. */
const usualTime = 6 * 60 * 60_000;

/** Requests at once. Bitbucket counts them by the hour, so more of them end no sooner. */
const atOnce = 4;

const name = 'metadata';

/**
 * Reads what people wrote around the code. First the looks: they keep what is saved as it is
 * upstream. The rest of the time goes to what a first save still lacks. All of it ends when the
 * time or the requests of the run are spent, and the next run goes on.
 */
export const metadata: FollowUp = {
	name,
	isWanted: ({ofParts}: Source) => ofParts[name] === 'true',
	offer:
		'Cistern can save pull requests and their discussion too. For that, add "metadata: true" to this source in the settings; the token needs read:pullrequest:bitbucket. You are told this once.',
	run: readMetadata,
};

async function readMetadata(session: Session, plan: SourcePlan): Promise<FollowUpEnd> {
	const {source, run, clock, publish, state} = session;
	const about = {source: source.title, followUp: name};
	const limit = requestsPerHour(source.ofParts);
	const budget = await openBudget(session, {
		limit,
		until: clock.now() + (run.settings.metadataTime ?? usualTime),
		// The pages of the listing, and what signs in.
		sent: Math.ceil(state.found / 100) + 3,
		onWait: (until) =>
			publish({
				type: 'follow-up-waited',
				...about,
				until: new Date(until).toISOString(),
				text: `the ${limit} requests of this hour are used`,
			}),
	});
	const copies = await openCopies(session, plan);
	const progress: MetadataState = {
		copies,
		limit,
		failed: new Map(),
		lost: new Set(),
		isCutShort: false,
	};
	const reader = openReader(session, budget, (text, repository) => {
		const left = copies.reduce((sum, {reading}) => sum + estimateLeft(reading), 0);
		publish({
			type: 'follow-up-progressed',
			...about,
			text,
			...(repository === undefined ? {} : {repository}),
			requests: budget.taken(),
			...(left === 0 ? {} : {left, timeLeft: Math.round((left / limit) * 3_600_000)}),
		});
	});
	try {
		await readAll(reader, progress);
	} catch (error) {
		if (!(error instanceof BudgetSpent)) {
			throw error;
		}

		progress.isCutShort = true;
	} finally {
		await budget.close();
	}

	return reportMetadata(reader, progress);
}

const openCopies = async (session: Session, {items}: SourcePlan): Promise<readonly Copy[]> => {
	const copies: Copy[] = [];
	for (const item of items) {
		copies.push(...[(await openCopy(session, item)) ?? []].flat());
	}

	return copies.toSorted((left, right) => byNewest(left, right));
};

/** The repository with the newest pull request first. */
const byNewest = ({reading: left}: Copy, {reading: right}: Copy): number =>
	Date.parse(right.watermark ?? '') - Date.parse(left.watermark ?? '') || 0;

/** Each step for all repositories, before the next one begins. */
const readAll = async (reader: MetadataReader, progress: MetadataState): Promise<void> => {
	const {copies} = progress;
	const looked = new Set<Copy>();
	const isNew = ({tip}: Copy): boolean => tip === undefined;
	const firstSteps = [
		[copies.filter((copy) => !isNew(copy)), lookAndSave],
		[copies.filter(isNew), beginReading],
	] as const;
	for (const [some, look] of firstSteps) {
		await eachCopy(reader, progress, some, async (copy, onSaved) => {
			const isSeen = await look(reader, copy, onSaved);
			(isSeen ? looked : progress.lost).add(copy);
		});
	}

	const rest = copies.filter((copy) => looked.has(copy)).toSorted(byNewest);
	const now = reader.session.clock.now();
	const stepsOf = [
		[({list, gaps}: Copy['reading']) => list.endedAt === undefined || gaps.length > 0, readBreadth],
		[(reading: Copy['reading'], copy: Copy) => hasDepthLeft(reading, copy, now), readDepth],
		[({closedBelow}: Copy['reading']) => (closedBelow ?? 0) > 1, readRest],
		[(reading: Copy['reading']) => isRelistDue(reading, now), relist],
	] as const;
	for (const [isDue, read] of stepsOf) {
		const due = rest.filter((copy) => isDue(copy.reading, copy));
		await eachCopy(reader, progress, due, (copy, onSaved) => read(reader, copy, onSaved));
	}
};

const hasDepthLeft = (
	{feed, comments, tasks, commits, tips, downloads = noDownloads}: Copy['reading'],
	copy: Copy,
	now: number,
): boolean =>
	feed.endedAt === undefined ||
	comments?.length !== 0 ||
	tasks?.length !== 0 ||
	commits === undefined ||
	commits.unchecked.length + commits.left.length > 0 ||
	areDownloadsDue(downloads, now) ||
	areTipsDue(tips, refsOf(copy));

/** Works on copies, some at once. One that fails stops no other. */
const eachCopy = async (
	{session}: MetadataReader,
	{failed}: MetadataState,
	copies: readonly Copy[],
	work: (copy: Copy, onSaved: OnSaved) => Promise<void>,
): Promise<void> => {
	await runPool(copies, atOnce, async (copy) => {
		const news: News[] = [];
		try {
			await work(copy, (one) => news.push(one));
		} catch (error) {
			if (session.signal.aborted || !(error instanceof FailureError) || stopsAll(error)) {
				throw error;
			}

			failed.set(copy, error.failure);
		} finally {
			if (!session.signal.aborted) {
				await recordCopy(session, copy);
				tellNews(session, copy, news);
			}
		}
	});
};

/** Would it fail for every other repository too? */
const stopsAll = ({failure}: FailureError): boolean =>
	endsTheRun(failure) ||
	failure.kind === 'rate-limited' ||
	(isRefusal(failure) && failure.kind === 'credentials-refused');

const tellNews = ({source, publish}: Session, copy: Copy, news: readonly News[]): void => {
	const all = addNews(news);
	const text = describeNews(all);
	if (text !== '') {
		publish({
			type: 'follow-up-saved',
			source: source.title,
			followUp: name,
			repository: fullName(copy.repository),
			text,
			json: {
				pullRequests: all.added + all.changed,
				comments: all.comments,
				...(all.downloads === 0 ? {} : {downloads: all.downloads}),
			},
		});
	}
};

/** Returns false if Bitbucket does not give the pull requests of this repository. */
const lookAndSave = async (
	reader: MetadataReader,
	copy: Copy,
	onSaved: OnSaved,
): Promise<boolean> => {
	reader.tell('looking for changes', copy.repository);
	const look = await lookAtPullRequests(reader, copy);
	if (look.state !== 'seen') {
		return false;
	}

	if (!isUnchanged(copy, look, reader.session.clock.now())) {
		await saveLook(reader, copy, look, onSaved);
	}

	return true;
};
