import {type Failure, FailureError, ofOneRepository} from '../../domain/failure/failure.ts';
import {isLimit} from '../../domain/failure/failure-table.ts';
import {joinPath, repoFolder, wikiFolder} from '../../domain/plan/layout.ts';
import type {Look, WikiLook} from '../../domain/plan/look.ts';
import {type Advertisement, type Repository, wikiUrl} from '../../domain/plan/repository.ts';
import type {SavedRepository} from '../../domain/record/record.ts';
import {refsState} from '../../domain/record/refs-digest.ts';
import {headOf} from '../../parts/code/mirror.ts';
import {mayBeEmpty, readUpstream} from '../../parts/code/read-upstream.ts';
import {asFailure} from '../retry/as-failure.ts';
import {AttemptsError, attempt} from '../retry/attempt.ts';
import type {SourceRun} from '../session.ts';

/** A wiki that was not there is asked for again after so long. Milliseconds. */
const wikiPause = 30 * 24 * 60 * 60_000;

/**
 * Looks at one repository: one request for its refs, one more where it may have a wiki, and its
 * mirror's files. No process, nothing written. A failure is a look, too. `unrecorded`: folders that
 * an older backup may have left.
 */
export const lookAt = async (
	source: SourceRun,
	repository: Repository,
	saved: SavedRepository | undefined,
	unrecorded: ReadonlySet<string>,
): Promise<Look> => {
	const {bitbucket, git, folder} = source;
	try {
		const url = bitbucket.checkCloneUrl(repository.cloneUrl);
		const advertisement = await attempt(
			() => readUpstream(source, url, mayBeEmpty(repository, saved)),
			{
				...source.patience(repository),
				gate: source.gitGate,
			},
		);
		const mirror = saved === undefined ? undefined : joinPath(folder, saved.folder);
		return {
			state: 'seen',
			refs: stateOf(source, advertisement, repository.mainBranch),
			print: mirror === undefined ? undefined : await git.readStamp(joinPath(mirror, repoFolder)),
			wiki: await lookAtWiki(source, repository, saved, unrecorded),
			wikiPrint:
				mirror === undefined || saved?.record.wiki === undefined
					? undefined
					: await git.readStamp(joinPath(mirror, wikiFolder)),
		};
	} catch (error) {
		// What failed only because the run ends, or nothing can be opened any more, says nothing about the repository.
		if (source.signal.aborted || isLimit(asFailure(error))) {
			throw error;
		}

		const attempts = error instanceof AttemptsError ? error.attempts : 1;
		return {state: 'failed', failure: ofOneRepository(asFailure(error)), attempts};
	}
};

const stateOf = (
	{digest}: SourceRun,
	advertisement: Advertisement,
	mainBranch: string | undefined,
) => refsState(headOf(advertisement, mainBranch), advertisement.refs, digest);

/** SCM Backup saved wikis too; its folders have no record that could tell. */
const hasOldWiki = async (
	{files, folder}: SourceRun,
	{workspace, slug}: Repository,
	unrecorded: ReadonlySet<string>,
): Promise<boolean> => {
	const old = `${workspace}#${slug}`;
	return unrecorded.has(old) && files.exists(joinPath(folder, old, wikiFolder));
};

/**
 * Bitbucket removed wikis on 2026-08-20, though `has_wiki` may still be true: whatever happens
 * here is never a failure of the repository, and an old copy stays.
 */
const lookAtWiki = async (
	source: SourceRun,
	repository: Repository,
	saved: SavedRepository | undefined,
	unrecorded: ReadonlySet<string>,
): Promise<WikiLook> => {
	const known = saved?.record.wiki;
	const mayExist =
		repository.hasWiki ||
		known?.state === 'saved' ||
		(saved === undefined && (await hasOldWiki(source, repository, unrecorded)));
	const missingAt = known?.missingAt;
	const wasAskedLately =
		missingAt !== undefined && source.run.at - Date.parse(missingAt) < wikiPause;
	if (!mayExist || wasAskedLately) {
		return {state: 'not-asked'};
	}

	const url = wikiUrl(source.bitbucket.checkCloneUrl(repository.cloneUrl));
	try {
		const advertisement = await attempt(
			() => source.bitbucket.readAdvertisement(url, source.signal),
			{...source.patience(repository), gate: source.gitGate, attempts: 1},
		);
		return {state: 'seen', refs: stateOf(source, advertisement, undefined)};
	} catch (error) {
		if (error instanceof FailureError && !isLimit(error.failure)) {
			return isAbsence(error.failure)
				? {state: 'missing'}
				: {state: 'unknown', failure: error.failure};
		}

		throw error;
	}
};

const isAbsence = ({kind}: Failure): boolean => kind === 'not-found' || kind === 'gone';
