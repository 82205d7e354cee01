import {endsTheRun, FailureError} from '../../domain/failure/failure.ts';
import {
	joinPath,
	type MirrorName,
	recordFile,
	repoFolder,
	wikiFolder,
} from '../../domain/plan/layout.ts';
import type {PlanItem} from '../../domain/plan/plan.ts';
import {fullName, type Repository, wikiUrl} from '../../domain/plan/repository.ts';
import {
	type MirrorRecord,
	type RepositoryRecord,
	sizeOf,
	type WikiRecord,
} from '../../domain/record/record.ts';
import {formatRecord} from '../../domain/record/record-file.ts';
import type {BackupEvent, Progress} from '../../domain/run/events.ts';
import {hasLost, type Loss, lostTips} from '../../domain/run/mending.ts';
import {countChanges, type Outcome, type RefChange} from '../../domain/run/outcome.ts';
import {attempt} from '../effort/attempt.ts';
import {mayBeEmpty, readUpstream} from '../look/read-upstream.ts';
import type {SourceRun} from '../run/source-run.ts';
import type {Mended, MendJob} from './mend-mirror.ts';
import type {SavedMirror} from './save-mirror.ts';
import {saveOrMend} from './save-or-mend.ts';

type Saved = {
	readonly outcome: Outcome;
	readonly record: RepositoryRecord;
};

/**
 * Does what the plan says for one repository, and writes its record last: what is recorded is on
 * the disk. Throws a `FailureError`; then the mirror is as it was, or as far as it safely came.
 */
export const saveRepository = async (source: SourceRun, item: PlanItem): Promise<Outcome> => {
	const {outcome, record} =
		item.action === 'record' ? refreshRecord(source, item) : await saveMirrors(source, item);
	await source.files.writeText(
		joinPath(source.folder, item.folder, recordFile),
		formatRecord(record),
	);
	return outcome;
};

const refreshRecord = ({run}: SourceRun, item: PlanItem): Saved => {
	const {saved, repository, look} = item;
	if (saved === undefined || look.state === 'failed') {
		throw new Error(`nothing is known of ${fullName(repository)}`);
	}

	const {repo, usesLfs} = saved.record;
	const at = new Date(run.at).toISOString();
	const wiki =
		look.wiki.state === 'missing' ? missingWiki(saved.record.wiki, at) : saved.record.wiki;
	return {
		outcome: {result: 'unchanged', usesLfs},
		record: makeRecord(item, {repo, wiki, usesLfs, at}),
	};
};

const saveMirrors = async (source: SourceRun, item: PlanItem): Promise<Saved> => {
	const {git, clock, run} = source;
	const {saved} = item;
	const started = clock.elapsed();
	const folder = joinPath(source.folder, item.folder);
	const mirror = joinPath(folder, repoFolder);
	const {saved: repo, mending} = await saveMain(source, item, folder);
	const wiki = await saveWiki(source, item, folder);
	const mended = [mending, wiki.mending].filter((one) => one !== undefined);
	const at = new Date(run.at).toISOString();
	const usesLfs =
		saved === undefined || repo.hasNewTree ? await git.usesLfs(mirror) : saved.record.usesLfs;
	const record = makeRecord(item, {
		repo: repo.record,
		wiki: wiki.record,
		usesLfs,
		at,
		losses: mended.filter(hasLost).map((one) => ({...one, at})),
	});
	const changed = [repo, ...(wiki.saved === undefined ? [] : [wiki.saved])];
	const isUnchanged =
		saved !== undefined &&
		mended.length === 0 &&
		changed.every(({changes}) => changes.length === 0);
	return {
		record,
		outcome: isUnchanged
			? {result: 'unchanged', usesLfs}
			: {
					result: 'saved',
					how: howSaved(item, repo),
					refs: repo.record.refs.count,
					changes: countChanges(repo.changes),
					kept: repo.changes.filter(isLossUpstream).map(({ref}) => ref),
					received: changed.reduce((sum, {received}) => sum + received, 0),
					grown: sizeOf(record) - (saved === undefined ? 0 : sizeOf(saved.record)),
					duration: clock.elapsed() - started,
					usesLfs,
					...(mended.length === 0 ? {} : {mended}),
				},
	};
};

/** Its old state is here still, below a ref of ours or another of upstream's. */
const isLossUpstream = ({kind}: RefChange): boolean =>
	kind === 'rewritten' || kind === 'moved' || kind === 'deleted';

const howSaved = ({saved}: PlanItem, repo: SavedMirror): 'new' | 'updated' | 'taken-over' => {
	if (saved !== undefined) {
		return 'updated';
	}

	return repo.how === 'cloned' ? 'new' : 'taken-over';
};

const saveMain = async (source: SourceRun, item: PlanItem, folder: string): Promise<Mended> => {
	const {repository, saved} = item;
	const url = source.bitbucket.checkCloneUrl(repository.cloneUrl);
	const job = makeJob(source, item, {url, folder, name: repoFolder});
	return saveOrMend(source, job, saved?.record.repo, saved?.record.damage !== undefined);
};

const saveWiki = async (
	source: SourceRun,
	{repository, saved, look}: PlanItem,
	folder: string,
): Promise<{readonly record: WikiRecord | undefined} & Partial<Mended>> => {
	const known = saved?.record.wiki;
	const at = new Date(source.run.at).toISOString();
	if (look.state === 'failed' || look.wiki.state === 'not-asked' || look.wiki.state === 'unknown') {
		return {record: known};
	}

	if (look.wiki.state === 'missing') {
		return {record: missingWiki(known, at)};
	}

	const job = makeJob(
		source,
		{repository, saved},
		{
			url: wikiUrl(source.bitbucket.checkCloneUrl(repository.cloneUrl)),
			folder,
			name: wikiFolder,
		},
	);
	try {
		const before = known?.state === 'saved' ? known : undefined;
		const isMarked = before?.damage !== undefined;
		const mended = await saveOrMend(source, job, before?.mirror, isMarked);
		return {record: {state: 'saved', mirror: mended.saved.record}, ...mended};
	} catch (error) {
		// Bitbucket has no wikis any more: what its remains answer is no failure of the repository.
		if (source.signal.aborted || !(error instanceof FailureError) || endsTheRun(error.failure)) {
			throw error;
		}

		return {record: known};
	}
};

/** Remembers that upstream has no wiki; an old copy stays what it is. */
const missingWiki = (known: WikiRecord | undefined, at: string): WikiRecord =>
	known?.state === 'saved' ? {...known, missingAt: at} : {state: 'missing', missingAt: at};

const makeJob = (
	source: SourceRun,
	{repository, saved}: Pick<PlanItem, 'repository' | 'saved'>,
	place: {readonly url: string; readonly folder: string; readonly name: MirrorName},
): MendJob => {
	const isWiki = place.name === wikiFolder;
	return {
		name: place.name,
		lost: lostTips(saved?.record.losses ?? []),
		mirror: joinPath(place.folder, place.name),
		folder: place.folder,
		aside: joinPath(source.workFolder, repository.uuid, place.name),
		url: place.url,
		mainBranch: isWiki ? undefined : repository.mainBranch,
		readAdvertisement: () =>
			readUpstream(source, place.url, !isWiki && mayBeEmpty(repository, saved)),
		patiently: (act) => attempt(act, {...source.patience(repository), gate: source.gitGate}),
		run: source.run.name,
		now: () => source.clock.now(),
		signal: source.signal,
		onProgress: (progress) =>
			publishProgress(source, repository, isWiki ? {...progress, stage: 'wiki'} : progress),
	};
};

const publishProgress = (source: SourceRun, repository: Repository, progress: Progress): void => {
	source.publish({
		type: 'repository-progressed',
		source: source.source.title,
		repository: fullName(repository),
		progress,
	} satisfies BackupEvent);
};

const makeRecord = (
	{repository, saved}: PlanItem,
	now: {
		readonly repo: MirrorRecord;
		readonly wiki: WikiRecord | undefined;
		readonly usesLfs: boolean;
		readonly at: string;
		readonly losses?: readonly Loss[];
	},
): RepositoryRecord => {
	const {uuid, workspace, slug, isPrivate} = repository;
	const losses = [...(saved?.record.losses ?? []), ...(now.losses ?? [])];
	const former = saved === undefined ? [] : [...saved.record.formerNames, fullName(saved.record)];
	return {
		version: 1,
		uuid,
		workspace,
		slug,
		isPrivate,
		formerNames: [...new Set(former)].filter((name) => name !== fullName(repository)),
		firstSavedAt: saved?.record.firstSavedAt ?? now.at,
		repo: now.repo,
		...(now.wiki === undefined ? {} : {wiki: now.wiki}),
		usesLfs: now.usesLfs,
		...(losses.length === 0 ? {} : {losses}),
	};
};
