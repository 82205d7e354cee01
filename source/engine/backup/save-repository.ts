import {joinPath, recordFile, repoFolder} from '../../domain/plan/layout.ts';
import type {PlanItem} from '../../domain/plan/plan.ts';
import {fullName} from '../../domain/plan/repository.ts';
import {type RepositoryRecord, sizeOf} from '../../domain/record/record.ts';
import {formatRecord} from '../../domain/record/record-file.ts';
import {hasLost} from '../../domain/run/mending.ts';
import {countChanges, type Outcome, type RefChange} from '../../domain/run/outcome.ts';
import type {SavedMirror} from '../../parts/code/mirror.ts';
import {refuseLinksOfRepository} from '../saved/links.ts';
import type {SourceRun} from '../session.ts';
import {makeRecord, missingWiki} from './make-record.ts';
import {saveMain, saveWiki} from './save-parts.ts';

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
	await refuseLinksOfRepository(source.files, folder);
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
