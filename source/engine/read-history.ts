import {keptPrefix, parseMessage, parseRefs} from '../domain/history.ts';
import {joinPath, repoFolder} from '../domain/layout.ts';
import {fullName} from '../domain/repository.ts';
import type {RecordedChange, RecordedRun, RepositoryHistory} from '../domain/repository-history.ts';
import type {Git} from '../ports.ts';
import type {FoundRepository} from './find-repositories.ts';

/** git is asked about so many of the newest changes; each is a process. */
const mostAsked = 100;

/** Every change of a repository's branches and tags that was seen, the newest run first. */
export const readHistory = async (
	git: Git,
	{source, folder, record}: FoundRepository,
): Promise<RepositoryHistory> => {
	const mirror = joinPath(source.folder, folder, repoFolder);
	const kept = await readKept(git, mirror);
	const log = await git.readHistoryLog(mirror);
	let asked = 0;
	const mayAsk = (): boolean => {
		asked += 1;
		return asked <= mostAsked;
	};

	const isRewrite = async ({ref, from, to}: Move): Promise<boolean> =>
		isBranch(ref) &&
		from !== undefined &&
		to !== undefined &&
		(kept.has(from) || (mayAsk() && (await git.findUnreachable(mirror, [from], [to])).size > 0));

	const describe = async (move: Move): Promise<RecordedChange> => {
		const {ref, from} = move;
		const isKept = from !== undefined && kept.has(from);
		return {
			...move,
			kind: kindOf(move, await isRewrite(move)),
			kept: isKept,
			onlyHere:
				isKept && isBranch(ref) && mayAsk() ? await git.countOnlyHere(mirror, from) : undefined,
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

const isBranch = (ref: string): boolean => ref.startsWith('refs/heads/');

const kindOf = ({ref, from, to}: Move, isRewrite: boolean): RecordedChange['kind'] => {
	if (from === undefined) {
		return 'created';
	}

	if (to === undefined) {
		return 'deleted';
	}

	if (!isBranch(ref)) {
		return 'moved';
	}

	return isRewrite ? 'rewritten' : 'forwarded';
};
