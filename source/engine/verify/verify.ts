import {failureOf, ifPossible, StopError} from '../../domain/failure/failure.ts';
import {isOfRepository, joinPath, ownFolder, workspaceFolder} from '../../domain/plan/layout.ts';
import {isNamed} from '../../domain/record/name-match.ts';
import type {NotedRepository} from '../../domain/run/run-line.ts';
import type {Finding} from '../../domain/verify/finding.ts';
import {isWhole, type RepositoryVerdict, type SourceVerdict} from '../../domain/verify/verdict.ts';
import type {Clock} from '../../ports/clock.ts';
import type {Files} from '../../ports/files.ts';
import {type FolderClaim, holdFolder} from '../lock.ts';
import {runPool} from '../retry/pool.ts';
import {findFolders, type SavedSource} from '../saved/find-repositories.ts';
import {findVanished, readRuns, readSavedState} from '../saved/saved-state.ts';
import {findStraysOfSource, linked} from './strays.ts';
import {type VerifyTools, verifyRepository} from './verify-repository.ts';

/** Repositories that are read at once: enough for two or three disks, and fit for a laptop. */
const repositoriesAtOnce = 4;

export type SourceToVerify = {
	readonly source: SavedSource;
	/** Names below the source's folder; undefined for all, and then strays are looked for too. */
	readonly folders: readonly string[] | undefined;
};

type SourceTools = Omit<VerifyTools, 'canMark'> & {
	readonly clock: Clock;
	readonly run: string;
	readonly waitsForLock: boolean;
	readonly onWait: FolderClaim['onWait'];
	readonly onStart: (repositories: number) => void;
	readonly onVerdict: (verdict: RepositoryVerdict) => void;
};

/**
 * Chooses the folders that names, `workspace/name` or globs mean; all if there are none. Throws
 * a StopError for a name that fits none.
 */
export const chooseSources = async (
	{files, parts}: Pick<VerifyTools, 'files' | 'parts'>,
	sources: readonly SavedSource[],
	wanted: readonly string[],
): Promise<readonly SourceToVerify[]> => {
	if (wanted.length === 0) {
		return sources.map((source) => ({source, folders: undefined}));
	}

	const chosen = new Map<SavedSource, string[]>();
	const named = new Set<string>();
	for (const source of sources) {
		for (const {repository, folder} of await readVanished({files, parts}, source)) {
			const [workspace = '', slug = ''] = repository.split('/');
			const fitting = wanted.filter((name) => isNamed({workspace, slug}, name));
			if (fitting.length > 0) {
				chosen.set(source, [...(chosen.get(source) ?? []), folder]);
				for (const name of fitting) {
					named.add(name);
				}
			}
		}
	}

	const {recorded, unrecorded} = await findThere({files, parts}, sources, wanted, named);
	for (const {source, folder} of [...recorded, ...unrecorded]) {
		chosen.set(source, [...(chosen.get(source) ?? []), folder]);
	}

	return [...chosen].map(([source, folders]) => ({source, folders: [...new Set(folders)]}));
};

/** Throws a StopError for a name that fits nothing and is not among `named`. */
const findThere = async (
	{files, parts}: Pick<VerifyTools, 'files' | 'parts'>,
	sources: readonly SavedSource[],
	wanted: readonly string[],
	named: ReadonlySet<string>,
): Promise<Awaited<ReturnType<typeof findFolders>>> => {
	try {
		return await findFolders(files, sources, wanted, parts);
	} catch (error) {
		const others = wanted.filter((name) => !named.has(name));
		if (!(error instanceof StopError) || others.length === wanted.length) {
			throw error;
		}

		return others.length === 0
			? {recorded: [], unrecorded: []}
			: findFolders(files, sources, others, parts);
	}
};

/**
 * Verifies a source while it holds the lock: a repository that a backup is moving would look
 * damaged. Throws `folder-locked` if another run holds the lock.
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

	// On a read-only disk no lock is needed, since no other run can write there either.
	const lock = await ifPossible(
		holdFolder({...tools, folder: source.folder}, tools.waitsForLock),
		({kind}) => kind === 'folder-unusable',
	);
	try {
		const counts = await verifyFolders({...tools, canMark: lock !== undefined}, source, folders);
		const findings: readonly Finding[] =
			folders === undefined ? await findStrays(tools.files, source.folder) : [];
		return {...verdict, ...counts, findings, duration: tools.clock.elapsed() - started};
	} finally {
		await lock?.release();
	}
};

/** A folder that this user may not read becomes a finding, so that the verdicts are still shown. */
const findStrays = async (files: Files, folder: string): Promise<readonly Finding[]> => {
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
	const vanished = (await readVanished(tools, source)).filter(
		({folder}) => folders?.includes(folder) ?? true,
	);
	const there = names.filter((name) => !vanished.some(({folder}) => folder === name));
	let whole = 0;
	let damaged = vanished.length;
	tools.onStart(there.length + vanished.length);
	for (const {repository, folder} of vanished) {
		tools.onVerdict({
			...describeLink(source, folder),
			repository,
			findings: [{kind: 'repository-missing'}],
		});
	}

	await runPool(there.toSorted(), repositoriesAtOnce, async (folder) => {
		const verdict = links.includes(folder)
			? describeLink(source, folder)
			: await verifyRepository(tools, source, folder);
		damaged += isWhole(verdict) ? 0 : 1;
		// The workspace itself is looked at too, and is no repository.
		whole += isWhole(verdict) && folder !== workspaceFolder ? 1 : 0;
		tools.onVerdict(verdict);
	});
	const repositories =
		there.filter((folder) => folder !== workspaceFolder).length + vanished.length;
	return {repositories, whole, damaged};
};

const readVanished = async (
	{files, parts}: Pick<VerifyTools, 'files' | 'parts'>,
	{folder}: SavedSource,
): Promise<readonly NotedRepository[]> => {
	const {lines} = await readRuns(files, folder);
	const {repositories} = await readSavedState(files, folder, parts);
	return findVanished({files, parts, folder}, repositories, lines);
};

/** Not followed: it may lead to something else, and nothing may be marked through it. */
const describeLink = ({source}: SavedSource, folder: string): RepositoryVerdict => ({
	source,
	repository: folder,
	folder,
	findings: [linked(folder)],
	isMarked: false,
	goneSince: undefined,
});
