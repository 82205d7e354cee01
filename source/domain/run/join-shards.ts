import {parseShard} from '../store/shard.ts';
import {latestLines, type RunLine} from './run-line.ts';

/**
 * Lines of all shards as lines of whole runs: one for each time that every shard has run since the
 * last. A shard that did not run keeps the others waiting for it, and its next run ends that. Lines
 * of whole runs stay as they are. Gives them in the order of their time.
 */
export const joinShards = (lines: readonly RunLine[]): readonly RunLine[] => {
	const whole: RunLine[] = [];
	const waiting = new Map<number, Map<number, RunLine>>();
	for (const line of latestLines(lines.toSorted(byBegin))) {
		const shard = line.shard === undefined ? undefined : parseShard(line.shard);
		if (shard === undefined) {
			whole.push(line);
			continue;
		}

		const night = waiting.get(shard.of) ?? new Map<number, RunLine>();
		waiting.set(shard.of, night.set(shard.index, line));
		if (night.size === shard.of) {
			whole.push(joinNight([...night.values()].toSorted(byBegin)));
			waiting.delete(shard.of);
		}
	}

	return whole.toSorted(byBegin);
};

const byBegin = (left: RunLine, right: RunLine): number =>
	Date.parse(left.at) - Date.parse(right.at);

type Count =
	| 'inScope'
	| 'unchanged'
	| 'updated'
	| 'new'
	| 'size'
	| 'received'
	| 'rewritten'
	| 'moved'
	| 'deleted'
	| 'kept';
type Names = 'leftOut' | 'missing' | 'gone' | 'unseen' | 'lost' | 'without' | 'removed';

/** `lines`: one of each shard, the earliest first. */
const joinNight = (lines: readonly RunLine[]): RunLine => {
	const [first] = lines;
	if (first === undefined) {
		throw new Error('no shard has run');
	}

	const ended = Math.max(...lines.map(({at, duration}) => Date.parse(at) + duration));
	const sum = (name: Count): number => lines.reduce((total, line) => total + (line[name] ?? 0), 0);
	const namesOf = (name: Names): readonly string[] => [
		...new Set(lines.flatMap((line) => line[name] ?? [])),
	];
	const unread = Math.max(...lines.map((line) => line.unread ?? 0));
	const problem = lines.find((line) => line.problem !== undefined)?.problem;
	// Every shard has seen the whole listing.
	const {run, at, workspace, scope, unmatched} = first;
	return {
		v: 1,
		run,
		at,
		workspace,
		duration: ended - Date.parse(at),
		exitCode: Math.max(...lines.map(({exitCode}) => exitCode)),
		complete: lines.every(({complete}) => complete),
		partial: lines.some(({partial}) => partial),
		listed: lines.every(({listed}) => listed),
		inScope: sum('inScope'),
		unchanged: sum('unchanged'),
		updated: sum('updated'),
		new: sum('new'),
		failed: lines.flatMap(({failed}) => failed),
		leftOut: namesOf('leftOut'),
		missing: namesOf('missing'),
		gone: namesOf('gone'),
		size: sum('size'),
		received: sum('received'),
		rewritten: sum('rewritten'),
		moved: sum('moved'),
		deleted: sum('deleted'),
		kept: sum('kept'),
		unseen: namesOf('unseen'),
		lost: namesOf('lost'),
		without: namesOf('without'),
		removed: namesOf('removed'),
		scope,
		unmatched,
		unread: unread || undefined,
		problem,
	};
};
