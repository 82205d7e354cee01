import {keptPrefix} from '../../domain/history/history.ts';
import {parseMessage} from '../../domain/history/history-message.ts';
import {commitsOnlyHere, type KeptCommit, type KeptState} from '../../domain/history/kept-state.ts';
import type {RecordedChange, RepositoryHistory} from '../../domain/history/repository-history.ts';
import {joinPath, repoFolder} from '../../domain/plan/layout.ts';
import {fullName} from '../../domain/plan/repository.ts';
import {countChanges, type RefChange} from '../../domain/run/outcome.ts';
import type {Git} from '../../ports/git.ts';
import type {FoundRepository} from './find-repositories.ts';

/** Of each old state, so many of the commits that are only here are told. */
const mostCommits = 20;

/**
 * Every change of a repository's branches and tags that was seen, the newest run first, with the
 * commits that only the backup holds any more. Five git processes, however long the history is.
 */
export const readHistory = (git: Git, found: FoundRepository): Promise<RepositoryHistory> =>
	describeWith(git, found, (mirror) => git.readKept(mirror));

/**
 * The same of a mirror in which a branch or an old tip is damaged: what is kept is told, and not
 * which commits are only here.
 */
export const readHistoryAlone = (git: Git, found: FoundRepository): Promise<RepositoryHistory> =>
	describeWith(git, found, async (mirror) => {
		const tips = [...(await git.readTips(mirror))].filter(([ref]) => ref.startsWith(keptPrefix));
		return {tips: new Map(tips.map(([, oid]) => [oid, oid])), commits: new Map()};
	});

const describeWith = async (
	git: Git,
	{source, folder, record}: FoundRepository,
	readKept: (mirror: string) => Promise<KeptState>,
): Promise<RepositoryHistory> => {
	const mirror = joinPath(source.folder, folder, repoFolder);
	const runs = (await git.readHistoryLog(mirror)).map(({at, message}) => ({
		at: new Date(at).toISOString(),
		...parseMessage(message),
	}));
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
		runs: runs.map(({at, head, changes}, index) => ({
			at,
			refs: counts[index] ?? 0,
			isFirst: index === runs.length - 1,
			head,
			changes: changes.map((change) => describeChange(change, lost, byOid)),
		})),
	};
};

/** Each old state that is kept, with its commits that are only here. */
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

/** How many refs there were after each run: the first entry created all that there was. */
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
