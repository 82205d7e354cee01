import {keptPrefix, parseMessage, parseRefs} from '../domain/history.ts';
import {joinPath, repoFolder} from '../domain/layout.ts';
import {fullName} from '../domain/repository.ts';
import type {RecordedChange, RecordedRun, RepositoryHistory} from '../domain/repository-history.ts';
import type {Git} from '../ports.ts';
import type {FoundRepository} from './find-repositories.ts';

/** Commits that only an old tip reaches are counted for so many of the newest; each is a process. */
const mostCounted = 50;

/** Every change of a repository's branches and tags that was seen, the newest run first. */
export const readHistory = async (
	git: Git,
	{source, folder, record}: FoundRepository,
): Promise<RepositoryHistory> => {
	const mirror = joinPath(source.folder, folder, repoFolder);
	const kept = await readKept(git, mirror);
	const log = await git.readHistoryLog(mirror);
	let counted = 0;
	const describe = async (move: Move): Promise<RecordedChange> => {
		const isKept = move.from !== undefined && kept.has(move.from);
		const isCounted = isKept && move.ref.startsWith('refs/heads/') && counted < mostCounted;
		counted += isCounted ? 1 : 0;
		return {
			...move,
			kind: kindOf(move, isKept),
			kept: isKept,
			onlyHere:
				isCounted && move.from !== undefined
					? await git.countOnlyHere(mirror, move.from)
					: undefined,
		};
	};

	const runs: RecordedRun[] = [];
	for (const [index, {oid, at, message}] of log.entries()) {
		const changes: RecordedChange[] = [];
		for (const move of parseMessage(message)) {
			changes.push(await describe(move));
		}

		const {refs} = parseRefs(await git.readHistoryRefs(mirror, oid));
		const isFirst = index === log.length - 1;
		runs.push({at: new Date(at).toISOString(), refs: refs.size, isFirst, changes});
	}

	return {source: source.source, repository: fullName(record), runs};
};

type Move = ReturnType<typeof parseMessage>[number];

const readKept = async (git: Git, mirror: string): Promise<ReadonlySet<string>> => {
	const refs = await git.readRefs(mirror, keptPrefix);
	return new Set([...refs.values()].map(({oid}) => oid));
};

/** A branch whose old tip had to be kept did not contain it any more: that is a rewrite. */
const kindOf = ({ref, from, to}: Move, isKept: boolean): RecordedChange['kind'] => {
	if (from === undefined) {
		return 'created';
	}

	if (to === undefined) {
		return 'deleted';
	}

	if (!ref.startsWith('refs/heads/')) {
		return 'moved';
	}

	return isKept ? 'rewritten' : 'forwarded';
};
