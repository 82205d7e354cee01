import {type Failure, FailureError} from '../../domain/failure/failure.ts';
import {endsTheRun} from '../../domain/failure/failure-table.ts';
import {areDownloadsDue, noDownloads} from '../../domain/metadata/downloads.ts';
import {addNews, describeNews, type News} from '../../domain/metadata/news.ts';
import type {Reading} from '../../domain/metadata/reading.ts';
import {requestsPerHour} from '../../domain/metadata/request-hour.ts';
import {areSettingsDue, noSettings} from '../../domain/metadata/settings-state.ts';
import {areSnippetsDue} from '../../domain/metadata/snippets.ts';
import {areTipsDue} from '../../domain/metadata/tips.ts';
import type {SourcePlan} from '../../domain/plan/plan.ts';
import {fullName} from '../../domain/plan/repository.ts';
import type {Source} from '../../domain/settings/settings.ts';
import {workspaceId} from '../../domain/store/names.ts';
import {isInRange, rangeOf} from '../../domain/store/shard.ts';
import {runPool} from '../retry/pool.ts';
import type {FollowUp, FollowUpEnd, Session} from '../session.ts';
import {type Budget, BudgetSpent, openBudget} from './budget.ts';
import {type CopyWork, collect, type Step} from './collect.ts';
import {type Copy, findCopy, keepCopy, openCopy} from './copy.ts';
import {beginReading, breadth, depth, rest} from './first-save.ts';
import {lookAtPullRequests} from './look.ts';
import {areCommitsDue} from './read-commits.ts';
import {readSettings} from './read-settings.ts';
import {readSnippets} from './read-snippets.ts';
import {refsOf} from './read-tips.ts';
import {readWorkspace} from './read-workspace.ts';
import {type MetadataReader, openReader} from './reader.ts';
import {countLeft, type MetadataState, reportMetadata} from './report.ts';
import {addLook, isRelistDue, isUnchanged, relist} from './save-look.ts';
import {makeWorkspaceCopy, openWorkspaceCopy} from './workspace-copy.ts';

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
	begin: (session) => (plan) => readMetadata(session, plan),
};

async function readMetadata(session: Session, plan: SourcePlan): Promise<FollowUpEnd> {
	const budget = await openBudgetOf(session);
	const failed = new Map<Copy, Failure>();
	const progress: MetadataState = {
		copies: await openCopies(session, failed, plan),
		workspace: await openWorkspace(session, failed),
		limit: limitOf(session),
		failed,
		lost: new Set(),
		isCutShort: false,
	};
	const reader = openReader(session, budget);
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

/** Of the workspace itself, one shard keeps the metadata: the one to which its id in a store belongs. */
const keepsWorkspace = ({run, source, digest}: Session): boolean =>
	isInRange(rangeOf(run.stateless?.shard), workspaceId(digest(source.workspace)));

/** Shards do not know of each other, so each has its share of the requests of an hour. */
const limitOf = ({run, source}: Session): number =>
	Math.ceil(requestsPerHour(source.ofParts) / (run.stateless?.shard?.of ?? 1));

const openBudgetOf = (session: Session): Promise<Budget> => {
	const {source, run, clock, publish, state, keeper} = session;
	const limit = limitOf(session);
	// A listing that another run has read costs this one nothing.
	const pages = run.stateless?.listings.has(source.title) ? 0 : Math.ceil(state.found / 100);
	return openBudget(session, {
		limit,
		until: clock.now() + (run.settings.metadataTime ?? usualTime),
		// The pages of the listing, and what signs in.
		sent: pages + 3,
		onWait: async (until) => {
			publish({
				type: 'follow-up-waited',
				followUp: name,
				until: new Date(until).toISOString(),
				text: `the ${limit} requests of this hour are used`,
			});
			await keeper?.checkpoint(until - clock.now());
		},
	});
};

const tellProgress = (
	{session, taken}: MetadataReader,
	progress: MetadataState,
	{repository}: Copy,
	text: string,
): void => {
	const left = countLeft(progress, session.clock.now());
	session.publish({
		type: 'follow-up-progressed',
		followUp: name,
		text,
		requests: taken(),
		repository: fullName(repository),
		...(left === 0 ? {} : {left, timeLeft: Math.round((left / progress.limit) * 3_600_000)}),
	});
};

const openCopies = async (
	session: Session,
	failed: Failures,
	{items}: SourcePlan,
): Promise<readonly Copy[]> => {
	const copies: Copy[] = [];
	for (const item of items) {
		const copy = await findCopy(session, item);
		if (copy !== undefined) {
			copies.push(copy);
			await failAlone(session, failed, copy, () => openCopy(session, copy));
		}
	}

	return copies.toSorted(byNewest);
};

/** Undefined where another shard keeps it. */
const openWorkspace = async (session: Session, failed: Failures): Promise<Copy | undefined> => {
	if (!keepsWorkspace(session)) {
		return undefined;
	}

	const copy = makeWorkspaceCopy(session);
	await failAlone(session, failed, copy, () => openWorkspaceCopy(session, copy));
	return copy;
};

/** The repository with the newest pull request first. */
const byNewest = ({reading: left}: Copy, {reading: right}: Copy): number =>
	Date.parse(right.watermark ?? '') - Date.parse(left.watermark ?? '') || 0;

/** Each step for all repositories, before the next one begins. */
const readAll = async (reader: MetadataReader, progress: MetadataState): Promise<void> => {
	const looked = await lookAtAll(reader, progress);
	for (const {steps, copies, isDue} of phasesOf(reader, progress, looked)) {
		const due = copies.filter((copy) => isDue(copy.reading, copy));
		await eachCopy(reader, progress, due, (work) => collect(work, steps));
	}
};

/** The looks, those of new repositories last. Gives the repositories that Bitbucket shows. */
const lookAtAll = async (
	reader: MetadataReader,
	progress: MetadataState,
): Promise<ReadonlySet<Copy>> => {
	const {copies: all, failed, lost} = progress;
	const copies = all.filter((copy) => !failed.has(copy));
	const looked = new Set<Copy>();
	const isNew = ({tip}: Copy): boolean => tip === undefined;
	const looks = [
		[copies.filter((copy) => !isNew(copy)), lookAndSave],
		[copies.filter(isNew), beginReading],
	] as const;
	for (const [some, look] of looks) {
		await eachCopy(reader, progress, some, async (work) => {
			const isSeen = await look(work);
			(isSeen ? looked : lost).add(work.copy);
		});
	}

	return looked;
};

type Phase = {
	readonly steps: readonly Step[];
	/** In their order. */
	readonly copies: readonly Copy[];
	/** Does a copy need it? */
	readonly isDue: (reading: Reading, copy: Copy) => boolean;
};

const phasesOf = (
	{session}: MetadataReader,
	{copies: all, workspace, failed}: MetadataState,
	looked: ReadonlySet<Copy>,
): readonly Phase[] => {
	const now = session.clock.now();
	const copies = all.filter((copy) => looked.has(copy)).toSorted(byNewest);
	const oldestFirst = copies.toSorted(byOldestSettings);
	const ofWorkspace = workspace === undefined || failed.has(workspace) ? [] : [workspace];
	return [
		{steps: [readSettings], copies: oldestFirst, isDue: (reading) => areSettingsOld(reading, now)},
		{steps: breadth, copies, isDue: hasBreadthLeft},
		{
			steps: [readWorkspace],
			copies: ofWorkspace,
			isDue: ({settings = noSettings}) => areSettingsDue(settings, now),
		},
		{
			steps: [readSnippets],
			copies: ofWorkspace,
			isDue: ({snippets, settings}) => areSnippetsDue(snippets, settings),
		},
		{steps: depth, copies, isDue: (_, copy) => hasDepthLeft(session, copy, now)},
		{steps: rest, copies, isDue: ({closedBelow = 0}) => closedBelow > 1},
		{steps: [relist], copies, isDue: (reading) => isRelistDue(reading, now)},
	];
};

const hasBreadthLeft = ({list, gaps}: Reading): boolean =>
	list.endedAt === undefined || gaps.length > 0;

const hasDepthLeft = (session: Session, copy: Copy, now: number): boolean => {
	const {feed, comments, tasks, tips, downloads = noDownloads, settings} = copy.reading;
	return (
		feed.endedAt === undefined ||
		comments?.length !== 0 ||
		tasks?.length !== 0 ||
		areCommitsDue(session, copy) ||
		areDownloadsDue(downloads, now) ||
		areTipsDue(tips, refsOf(copy)) ||
		settings?.at === undefined
	);
};

/** The first round through the settings comes with all else of the repository. */
const areSettingsOld = ({settings = noSettings}: Reading, now: number): boolean =>
	settings.at !== undefined && areSettingsDue(settings, now);

const byOldestSettings = ({reading: left}: Copy, {reading: right}: Copy): number =>
	(left.settings?.at ?? '') < (right.settings?.at ?? '') ? -1 : 1;

/** Works on copies, some at once. */
const eachCopy = (
	reader: MetadataReader,
	progress: MetadataState,
	copies: readonly Copy[],
	act: (work: CopyWork) => Promise<void>,
): Promise<void> =>
	runPool(copies, atOnce, (copy) =>
		failAlone(reader.session, progress.failed, copy, () => workOn(reader, progress, copy, act)),
	);

type Failures = MetadataState['failed'];

/** A copy that fails stops no other. */
const failAlone = async (
	{signal}: Session,
	failed: Failures,
	copy: Copy,
	act: () => Promise<void>,
): Promise<void> => {
	try {
		await act();
	} catch (error) {
		if (signal.aborted || !(error instanceof FailureError) || stopsAll(error)) {
			throw error;
		}

		failed.set(copy, error.failure);
	}
};

const workOn = async (
	reader: MetadataReader,
	progress: MetadataState,
	copy: Copy,
	act: (work: CopyWork) => Promise<void>,
): Promise<void> => {
	const {session} = reader;
	const news: News[] = [];
	const keep = async (): Promise<void> => {
		if (!session.signal.aborted) {
			await keepCopy(session, copy);
			tellNews(session, copy, news);
		}
	};

	try {
		await act({
			...reader,
			copy,
			tell: (text) => tellProgress(reader, progress, copy, text),
			onSaved: (one) => news.push(one),
		});
	} catch (error) {
		// The first error says why the work ended, and may end the work on all others.
		await keep().catch(() => undefined);
		throw error;
	}

	await keep();
};

/** Would it fail for every other repository too? */
const stopsAll = ({failure}: FailureError): boolean =>
	endsTheRun(failure) || failure.kind === 'rate-limited' || failure.kind === 'credentials-refused';

const tellNews = ({publish}: Session, copy: Copy, news: readonly News[]): void => {
	const all = addNews(news);
	const text = describeNews(all);
	if (text !== '') {
		publish({
			type: 'follow-up-saved',
			followUp: name,
			repository: fullName(copy.repository),
			text,
			json: {
				pullRequests: all.added + all.changed,
				comments: all.comments,
				...(all.downloads === 0 ? {} : {downloads: all.downloads}),
				...(all.snippets === 0 ? {} : {snippets: all.snippets}),
				...(all.settings.length === 0 ? {} : {settings: all.settings.length}),
			},
		});
	}
};

/** Returns false if Bitbucket does not give the pull requests of this repository. */
const lookAndSave = async (work: CopyWork): Promise<boolean> => {
	work.tell('looking for changes');
	const look = await lookAtPullRequests(work);
	if (look.state !== 'seen') {
		return false;
	}

	if (!isUnchanged(work, look)) {
		await collect(work, [(collecting) => addLook(collecting, look)]);
	}

	return true;
};
