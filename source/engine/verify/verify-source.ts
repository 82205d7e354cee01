import {FailureError, failureOf} from '../../domain/failure/failure.ts';
import {isOfRepository, joinPath, ownFolder} from '../../domain/plan/layout.ts';
import type {Finding} from '../../domain/verify/finding.ts';
import {isWhole, type RepositoryVerdict, type SourceVerdict} from '../../domain/verify/verdict.ts';
import type {Clock} from '../../ports/clock.ts';
import type {Files, FolderLock} from '../../ports/files.ts';
import {type FolderClaim, holdFolder} from '../lock.ts';
import {runPool} from '../retry/pool.ts';
import type {SavedSource} from '../saved/find-repositories.ts';
import {findStraysOfSource, linked} from './find-strays.ts';
import {type VerifyTools, verifyRepository} from './verify-repository.ts';

/** Mirrors that are read at once: enough for two or three disks, few for a laptop. */
const mirrorsAtOnce = 4;

export type SourceToVerify = {
	readonly source: SavedSource;
	/** Names below the source's folder; undefined for all, and then nothing else may lie there. */
	readonly folders: readonly string[] | undefined;
};

export type SourceTools = Omit<VerifyTools, 'canMark'> & {
	readonly clock: Clock;
	readonly run: string;
	readonly waitsForLock: boolean;
	readonly onWait: FolderClaim['onWait'];
	readonly onStart: (repositories: number) => void;
	readonly onVerdict: (verdict: RepositoryVerdict) => void;
};

/**
 * Verifies a source, as the only run in its folder: what a backup is about to move would look
 * damaged. Throws `folder-locked` where another run holds it.
 */
export const verifySource = async (
	tools: SourceTools,
	{source, folders}: SourceToVerify,
): Promise<SourceVerdict> => {
	const started = tools.clock.elapsed();
	const verdict = {source: source.source, folder: source.folder};
	if (!(await tools.files.exists(joinPath(source.folder, ownFolder)))) {
		const findings = [{kind: 'source-missing'} as const];
		return {...verdict, repositories: 0, whole: 0, damaged: 0, findings, duration: 0};
	}

	const lock = await holdIfPossible(tools, source);
	try {
		const counts = await verifyFolders({...tools, canMark: lock !== undefined}, source, folders);
		const findings: readonly Finding[] =
			folders === undefined ? await lookForStrays(tools.files, source.folder) : [];
		return {...verdict, ...counts, findings, duration: tools.clock.elapsed() - started};
	} finally {
		await lock?.release();
	}
};

/** What this user may not look into hides no verdict. */
const lookForStrays = async (files: Files, folder: string): Promise<readonly Finding[]> => {
	try {
		return await findStraysOfSource(files, folder);
	} catch (error) {
		const failure = failureOf(error);
		if (failure.kind === 'folder-unusable') {
			return [{kind: 'folder-unreadable', failure}];
		}

		throw error;
	}
};

/** On a disk that cannot be written to nobody else writes either: nothing has to be held. */
const holdIfPossible = async (
	tools: SourceTools,
	{folder}: SavedSource,
): Promise<FolderLock | undefined> => {
	try {
		return await holdFolder({...tools, folder}, tools.waitsForLock);
	} catch (error) {
		if (error instanceof FailureError && error.failure.kind === 'folder-unusable') {
			return undefined;
		}

		throw error;
	}
};

const verifyFolders = async (
	tools: SourceTools & VerifyTools,
	source: SavedSource,
	folders: readonly string[] | undefined,
): Promise<Pick<SourceVerdict, 'repositories' | 'whole' | 'damaged'>> => {
	const links = (await tools.files.listLinks(source.folder, 'here')).filter(isOfRepository);
	const names = folders ?? [
		...(await tools.files.listFolders(source.folder)).filter((name) => name !== ownFolder),
		...links,
	];
	let whole = 0;
	tools.onStart(names.length);
	await runPool(names.toSorted(), mirrorsAtOnce, async (folder) => {
		const verdict = links.includes(folder)
			? describeLink(source, folder)
			: await verifyRepository(tools, source, folder);
		whole += isWhole(verdict) ? 1 : 0;
		tools.onVerdict(verdict);
	});
	return {repositories: names.length, whole, damaged: names.length - whole};
};

/** What it leads to may be no repository at all, and nothing of it could be marked. */
const describeLink = ({source}: SavedSource, folder: string): RepositoryVerdict => ({
	source,
	repository: folder,
	folder,
	findings: [linked(folder)],
	isMarked: false,
	goneSince: undefined,
});
