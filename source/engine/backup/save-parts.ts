import {FailureError} from '../../domain/failure/failure.ts';
import {endsTheRun} from '../../domain/failure/failure-table.ts';
import {joinPath, type MirrorName, repoFolder, wikiFolder} from '../../domain/plan/layout.ts';
import type {PlanItem} from '../../domain/plan/plan.ts';
import {fullName, type Repository, wikiUrl} from '../../domain/plan/repository.ts';
import type {WikiRecord} from '../../domain/record/record.ts';
import type {BackupEvent, Progress} from '../../domain/run/events.ts';
import {lostTips} from '../../domain/run/mending.ts';
import type {Mended, MendJob} from '../../parts/code/mend.ts';
import {mayBeEmpty, readUpstream} from '../../parts/code/read-upstream.ts';
import {saveOrMend} from '../../parts/code/save.ts';
import {type AttemptOptions, attempt} from '../retry/attempt.ts';
import type {SourceRun} from '../session.ts';
import {missingWiki} from './make-record.ts';

/** The repository itself. */
export const saveMain = async (
	source: SourceRun,
	item: PlanItem,
	folder: string,
): Promise<Mended> => {
	const {repository, saved} = item;
	const url = source.bitbucket.checkCloneUrl(repository.cloneUrl);
	const job = makeJob(source, item, {url, folder, name: repoFolder});
	return saveOrMend(source, job, saved?.record.repo, saved?.record.damage !== undefined);
};

/** Its wiki, where it has or had one. Undefined record: nothing is known of any. */
export const saveWiki = async (
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
		patiently: (act) =>
			attempt(act, {
				...source.patience(repository),
				...announceHolding(source, repository),
				gate: source.gitGate,
			}),
		run: source.run.name,
		now: () => source.clock.now(),
		signal: source.signal,
		onProgress: source.run.isWatched
			? (progress) =>
					publishProgress(source, repository, isWiki ? {...progress, stage: 'wiki'} : progress)
			: undefined,
	};
};

const announceHolding = (
	{publish, gitGate, source}: SourceRun,
	repository: Repository,
): Pick<AttemptOptions, 'onHeld' | 'onReleased'> => {
	const about = {source: source.title, repository: fullName(repository)};
	return {
		onHeld: () => publish({type: 'repository-held', ...about, host: gitGate.host}),
		onReleased: () => publish({type: 'repository-released', ...about}),
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
