import {keptPrefix, parseMessage} from '../../domain/history/history.ts';
import {
	commitsOnlyHere,
	findFirstAhead,
	type KeptCommit,
	type KeptState,
	type RecordedChange,
	type RepositoryHistory,
} from '../../domain/history/repository-history.ts';
import {joinPath, repoFolder} from '../../domain/plan/layout.ts';
import {fullName} from '../../domain/plan/repository.ts';
import {countChanges, type RefChange} from '../../domain/run/outcome.ts';
import type {Clock} from '../../ports/clock.ts';
import type {Git} from '../../ports/git.ts';
import type {FoundRepository} from './find-repositories.ts';

/** A repository with a mirror; its record may be lost. */
type WithHistory = Pick<FoundRepository, 'source' | 'folder'> & {
	readonly record: Pick<FoundRepository['record'], 'workspace' | 'slug'>;
};

/** Commits that are named of each old state; the rest are only counted. */
const mostCommits = 20;

type HistoryTools = {readonly git: Git; readonly clock: Pick<Clock, 'now'>};

/**
 * Reads every recorded change of a repository's branches and tags, the newest run first, with the
 * commits that only the backup still holds. Takes five git processes, however long the history is.
 */
export const readHistory = (
	{git, clock}: HistoryTools,
	found: WithHistory,
): Promise<RepositoryHistory> =>
	describeWith({git, clock}, found, (mirror) => git.readKept(mirror));

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
		return {tips: new Map(tips.map(([, oid]) => [oid, oid])), commits: new Map()};
	});

const describeWith = async (
	{git, clock}: HistoryTools,
	{source, folder, record}: WithHistory,
	readKept: (mirror: string) => Promise<KeptState>,
): Promise<RepositoryHistory> => {
	const mirror = joinPath(source.folder, folder, repoFolder);
	const log = await git.readHistoryLog(mirror);
	const ahead = findFirstAhead(log, clock.now());
	const runs = log.map((entry) => ({at: toDate(entry.at), ...parseMessage(entry.message)}));
	const kept = await readKept(mirror);
	const lost = findLost(
		runs.flatMap(({changes}) => changes),
		kept,
	);
	const shown = [...lost.values()].flatMap((oids) => oids.slice(0, mostCommits));
	const commits = await git.readCommits(mirror, [...new Set(shown)]);
	const byOid = new Map(commits.map((commit) => [commit.oid, commit]));
	const counts = countRefs(runs);
	return {
		source: source.source,
		repository: fullName(record),
		folder,
		...(ahead === undefined ? {} : {aheadFrom: toDate(ahead.at)}),
		runs: runs.map(({changes, ...run}, index) => ({
			...run,
			refs: counts[index] ?? 0,
			isFirst: index === runs.length - 1,
			changes: changes.map((change) => describeChange(change, lost, byOid)),
		})),
	};
};

const toDate = (at: number): string => new Date(at).toISOString();

/** Each kept tip, with the commits that only the backup holds. */
const findLost = (
	changes: readonly RefChange[],
	kept: KeptState,
): ReadonlyMap<string, readonly string[]> => {
	const lost = new Map<string, readonly string[]>();
	for (const {from} of changes) {
		if (from !== undefined && kept.tips.has(from) && !lost.has(from)) {
			lost.set(from, commitsOnlyHere(from, kept));
		}
	}

	return lost;
};

const describeChange = (
	change: RefChange,
	lost: ReadonlyMap<string, readonly string[]>,
	commits: ReadonlyMap<string, KeptCommit>,
): RecordedChange => {
	const oids = change.from === undefined ? undefined : lost.get(change.from);
	return {
		...change,
		kept: oids !== undefined,
		onlyHere: oids?.length ?? 0,
		commits: (oids ?? []).slice(0, mostCommits).flatMap((oid) => commits.get(oid) ?? []),
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
