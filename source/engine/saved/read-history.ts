import {ifPossible} from '../../domain/failure/failure.ts';
import {keptPrefix, parseMessage} from '../../domain/history/history.ts';
import {
	findFirstAhead,
	type KeptCommit,
	type KeptTip,
	type RecordedChange,
	type RepositoryHistory,
	type SettingsChange,
} from '../../domain/history/repository-history.ts';
import {readSettingPath} from '../../domain/metadata/paths.ts';
import {joinPath, repoFolder} from '../../domain/plan/layout.ts';
import {fullName} from '../../domain/plan/repository.ts';
import {countChanges, type RefChange} from '../../domain/run/outcome.ts';
import {isoTime} from '../../domain/text/format.ts';
import {metadataName} from '../../parts/metadata/entry.ts';
import type {Clock} from '../../ports/clock.ts';
import type {Git} from '../../ports/git.ts';
import type {FoundRepository} from './find-repositories.ts';

/** A repository with a mirror; its record may be lost. */
type WithHistory = Pick<FoundRepository, 'source' | 'folder'> & {
	readonly record: Pick<FoundRepository['record'], 'workspace' | 'slug'>;
};

/** Commits of each old state that are named; the rest are only counted. */
const mostCommits = 20;

export type HistoryTools = {readonly git: Git; readonly clock: Pick<Clock, 'now'>};

/**
 * Reads every recorded change of a repository's refs, the newest run first, with the
 * commits that only the backup still holds. Takes five git processes, however long the history is,
 * and two more where settings are saved.
 */
export const readHistory = (
	{git, clock}: HistoryTools,
	found: WithHistory,
): Promise<RepositoryHistory> =>
	describeWith({git, clock}, found, (mirror) => git.readKept(mirror, mostCommits));

/**
 * The same for a mirror with a damaged branch or old tip: names the old tips, and leaves out which
 * commits only the backup holds.
 */
export const readHistoryAlone = (
	{git, clock}: HistoryTools,
	found: WithHistory,
): Promise<RepositoryHistory> =>
	describeWith({git, clock}, found, async (mirror) => {
		const tips = [...(await git.readTips(mirror))].filter(([ref]) => ref.startsWith(keptPrefix));
		return new Map(tips.map(([, oid]) => [oid, {onlyHere: 0, newest: []}]));
	});

const describeWith = async (
	{git, clock}: HistoryTools,
	{source, folder, record}: WithHistory,
	readKept: (mirror: string) => Promise<ReadonlyMap<string, KeptTip>>,
): Promise<RepositoryHistory> => {
	const mirror = joinPath(source.folder, folder, repoFolder);
	const log = await git.readHistoryLog(mirror);
	const ahead = findFirstAhead(log, clock.now());
	const runs = log.map((entry) => ({at: isoTime(entry.at), ...parseMessage(entry.message)}));
	const kept = await readKept(mirror);
	const shown = runs.flatMap(({changes}) =>
		changes.flatMap(({from = ''}) => kept.get(from)?.newest ?? []),
	);
	const commits = await git.readCommits(mirror, [...new Set(shown)]);
	const byOid = new Map(commits.map((commit) => [commit.oid, commit]));
	const counts = countRefs(runs);
	// A copy that cannot be read does not hide the history of the code.
	const settings = await ifPossible(
		readSettingsChanges(git, joinPath(source.folder, folder, metadataName)),
	);
	return {
		source: source.source,
		repository: fullName(record),
		folder,
		aheadFrom: ahead && isoTime(ahead.at),
		settings,
		runs: runs.map(({changes, ...run}, index) => ({
			...run,
			refs: counts[index] ?? 0,
			isFirst: index === runs.length - 1,
			changes: changes.map((change) => describeChange(change, kept, byOid)),
		})),
	};
};

const readSettingsChanges = async (
	git: Git,
	mirror: string,
): Promise<readonly SettingsChange[] | undefined> => {
	const tip = await git.readMetadataTip(mirror);
	if (tip === undefined) {
		return undefined;
	}

	const changes = new Map<string, string[]>();
	for await (const {at, path} of git.listVersions(mirror, tip, '.')) {
		const name = readSettingPath(path);
		const names = changes.get(isoTime(at)) ?? [];
		if (name !== undefined) {
			changes.set(isoTime(at), [...names, name]);
		}
	}

	return [...changes].map(([at, names]) => ({at, names}));
};

const describeChange = (
	change: RefChange,
	kept: ReadonlyMap<string, KeptTip>,
	commits: ReadonlyMap<string, KeptCommit>,
): RecordedChange => {
	const tip = change.from === undefined ? undefined : kept.get(change.from);
	return {
		...change,
		kept: tip !== undefined,
		onlyHere: tip?.onlyHere ?? 0,
		commits: (tip?.newest ?? []).flatMap((oid) => commits.get(oid) ?? []),
	};
};

/** Number of refs after each run. The first entry of a history creates them all. */
const countRefs = (
	runs: readonly {readonly changes: readonly RefChange[]}[],
): readonly number[] => {
	let refs = 0;
	return runs
		.toReversed()
		.map(({changes}) => {
			const {created, deleted} = countChanges(changes);
			refs += created - deleted;
			return refs;
		})
		.reverse();
};
