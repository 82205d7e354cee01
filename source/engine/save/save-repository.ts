import {endsTheRun, FailureError} from '../../domain/failure/failure.ts';
import {joinPath, recordFile, repoFolder, wikiFolder} from '../../domain/plan/layout.ts';
import type {PlanItem} from '../../domain/plan/plan.ts';
import {fullName, type Repository, wikiUrl} from '../../domain/plan/repository.ts';
import {
	equalPrints,
	type MirrorRecord,
	type RepositoryRecord,
	sizeOf,
	type WikiRecord,
} from '../../domain/record/record.ts';
import {formatRecord} from '../../domain/record/record-file.ts';
import type {BackupEvent, Progress} from '../../domain/run/events.ts';
import {countChanges, type Outcome, type RefChange} from '../../domain/run/outcome.ts';
import type {TypedRefs} from '../../ports.ts';
import {attempt} from '../effort/attempt.ts';
import {mayBeEmpty, readUpstream} from '../look/read-upstream.ts';
import type {SourceRun} from '../run/source-run.ts';
import {cloneMirror, type MirrorJob, type SavedMirror, updateMirror} from './save-mirror.ts';

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
	const repo = await saveMain(source, item, folder);
	const wiki = await saveWiki(source, item, folder);
	const usesLfs =
		saved === undefined || repo.hasNewTree ? await git.usesLfs(mirror) : saved.record.usesLfs;
	const record = makeRecord(item, {
		repo: repo.record,
		wiki: wiki?.record,
		usesLfs,
		at: new Date(run.at).toISOString(),
	});
	const changed = [repo, ...(wiki?.saved === undefined ? [] : [wiki.saved])];
	const isUnchanged = saved !== undefined && changed.every(({changes}) => changes.length === 0);
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
				},
	};
};

/** Its old state is here still, below a ref of ours or another of upstream's. */
const isLossUpstream = ({kind}: RefChange): boolean =>
	kind === 'rewritten' || kind === 'moved' || kind === 'deleted';

const howSaved = ({saved}: PlanItem, repo: SavedMirror): 'new' | 'updated' | 'taken-over' => {
	if (repo.how === 'cloned') {
		return 'new';
	}

	return saved === undefined ? 'taken-over' : 'updated';
};

const saveMain = async (
	source: SourceRun,
	item: PlanItem,
	folder: string,
): Promise<SavedMirror> => {
	const {repository, saved} = item;
	const url = source.bitbucket.checkCloneUrl(repository.cloneUrl);
	const job = makeJob(source, item, {url, folder, name: repoFolder});
	return saveOne(source, job, saved?.record.repo, saved?.record.damage !== undefined);
};

/** A mirror that is here is updated; one that cannot be used is set aside, never removed. */
const saveOne = async (
	source: SourceRun,
	job: MirrorJob,
	before: MirrorRecord | undefined,
	isDamaged: boolean,
): Promise<SavedMirror> => {
	const {files, run} = source;
	const {mirror} = job;
	if (await files.exists(mirror)) {
		const current = isDamaged ? undefined : await readUsable(source, mirror, before);
		if (current !== undefined) {
			return updateMirror(source, job, current, before);
		}

		await files.move(mirror, `${mirror}.damaged-${run.name}`);
	}

	return cloneMirror(source, job);
};

/**
 * A mirror's branches and tags; undefined where it cannot be used. Whether all that they reach is
 * there is looked at where others may have been at work: it is not as recorded, or not recorded yet.
 */
const readUsable = async (
	{git, signal}: SourceRun,
	mirror: string,
	before: MirrorRecord | undefined,
): Promise<TypedRefs | undefined> => {
	try {
		await git.configureMirror(mirror);
		const print = await git.readPrint(mirror);
		if (before === undefined || print === undefined || !equalPrints(before.print, print)) {
			await git.requireWhole(mirror, signal);
		}

		return await git.readRefs(mirror);
	} catch (error) {
		if (error instanceof FailureError && error.failure.kind === 'mirror-unusable') {
			return undefined;
		}

		throw error;
	}
};

const saveWiki = async (
	source: SourceRun,
	{repository, saved, look}: PlanItem,
	folder: string,
): Promise<{record: WikiRecord | undefined; saved: SavedMirror | undefined}> => {
	const known = saved?.record.wiki;
	const at = new Date(source.run.at).toISOString();
	if (look.state === 'failed' || look.wiki.state === 'not-asked' || look.wiki.state === 'unknown') {
		return {record: known, saved: undefined};
	}

	if (look.wiki.state === 'missing') {
		return {record: missingWiki(known, at), saved: undefined};
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
		const before = known?.state === 'saved' ? known.mirror : undefined;
		const mirror = await saveOne(source, job, before, false);
		return {record: {state: 'saved', mirror: mirror.record}, saved: mirror};
	} catch (error) {
		// Bitbucket has no wikis any more: what its remains answer is no failure of the repository.
		if (source.signal.aborted || !(error instanceof FailureError) || endsTheRun(error.failure)) {
			throw error;
		}

		return {record: known, saved: undefined};
	}
};

/** Remembers that upstream has no wiki; an old copy stays what it is. */
const missingWiki = (known: WikiRecord | undefined, at: string): WikiRecord =>
	known?.state === 'saved' ? {...known, missingAt: at} : {state: 'missing', missingAt: at};

const makeJob = (
	source: SourceRun,
	{repository, saved}: Pick<PlanItem, 'repository' | 'saved'>,
	place: {readonly url: string; readonly folder: string; readonly name: string},
): MirrorJob => {
	const isWiki = place.name === wikiFolder;
	return {
		mirror: joinPath(place.folder, place.name),
		folder: place.folder,
		aside: joinPath(source.workFolder, repository.uuid, place.name),
		url: place.url,
		mainBranch: isWiki ? undefined : repository.mainBranch,
		readAdvertisement: () =>
			readUpstream(source, place.url, !isWiki && mayBeEmpty(repository, saved)),
		patiently: (act) => attempt(act, {...source.patience(repository), gate: source.gitGate}),
		run: source.run,
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
	},
): RepositoryRecord => {
	const {uuid, workspace, slug, isPrivate} = repository;
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
	};
};
