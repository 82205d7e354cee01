/**
 * Runs without a folder over a very large workspace, in one process and in 16 shards:
 * `npm run scale`, `npm run scale -- 1000`. Prints the table of docs/scale.md.
 *
 * Simulated are Bitbucket, whose listing and advertisements come from memory, and the bucket, which
 * lies in the memory of this process. All repositories are copies of one, and so are their entries in
 * the index objects that a quiet night begins with. The program is the real one, and the first copies
 * are real: of these there are 50 at most, because each takes a git process.
 */
import {mkdirSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {makeKeyPair} from '../../source/adapters/seal/age.ts';
import {startS3} from '../../source/sandbox/s3/s3.ts';
import {type Bench, endChildren} from '../bench/scene/bench.ts';
import type {Usage} from '../bench/scene/cistern.ts';
import {makeSmallUpstream} from '../bench/scene/upstream.ts';
import {slugsOf} from '../bench/scene/workspace.ts';
import {startServer} from '../bench/server/start-server.ts';
import {
	expectUnchanged,
	openReading,
	openStateless,
	type Scene,
	title,
	writeIndexes,
} from './night.ts';

const count = Number(process.argv[2] ?? 100_000);
const shardCount = 16;
const shards = Array.from({length: shardCount}, (_, index) => ({index: index + 1, of: shardCount}));
const firstCopies = Math.min(count, 50);

/** Requests and time of some work. */
type Cost = {
	/** Milliseconds. */
	readonly time: number;
	readonly api: number;
	readonly git: number;
	readonly put: number;
	readonly get: number;
	readonly list: number;
};

const measure = async ({bench, s3}: Scene, act: () => Promise<void>): Promise<Cost> => {
	await bench.server.count();
	const before = s3.log.length;
	const started = performance.now();
	await act();
	const time = performance.now() - started;
	const requests = s3.log.slice(before);
	const of = (method: string, isList = false): number =>
		requests.filter((one) => one.method === method && (one.key === '') === isList).length;
	return {
		...(await bench.server.count()),
		time,
		put: of('PUT'),
		get: of('GET'),
		list: of('GET', true),
	};
};

const stateless = ['--yes', '--quiet', '--stateless', '--store', title];

/** A first run, whose packs are real. Leaves a store with nothing but that. */
const runFirst = async (scene: Scene, upstream: string): Promise<Cost> => {
	const slugs = slugsOf(firstCopies);
	await scene.bench.server.offer(slugs.map((slug) => ({slug, path: upstream})));
	const cistern = openStateless(scene, 'first', 'first');
	return measure(scene, () => cistern.run(stateless));
};

type Night = Cost & {
	/** MiB, of the process that took most. */
	readonly memory: number;
	/** Milliseconds of the slowest process. */
	readonly longest: number;
	/** Bytes of the largest index object. */
	readonly index: number;
};

/** Makes a store as a first run leaves it, for all repositories. */
const prepare = async (
	scene: Scene,
	prefix: string,
	upstream: string,
	parts: Parameters<typeof writeIndexes>[3],
): Promise<number> => {
	const slugs = slugsOf(count);
	const [slug = ''] = slugs;
	await scene.bench.server.offer([{slug, path: upstream}]);
	await openStateless(scene, `${prefix}-seed`, prefix).run(stateless);
	const index = await writeIndexes(scene, prefix, slugs, parts);
	await scene.bench.server.offer(slugs.map((one) => ({slug: one, path: upstream})));
	return index;
};

const runWhole = async (scene: Scene, upstream: string): Promise<Night> => {
	const index = await prepare(scene, 'whole', upstream, [undefined]);
	const cistern = openStateless(scene, 'whole', 'whole');
	let usage: Usage | undefined;
	const cost = await measure(scene, async () => {
		usage = await cistern.runMeasured(stateless);
	});
	await expectUnchanged(scene, 'whole', {count, runs: 1});
	return {...cost, memory: usage?.memory ?? 0, longest: cost.time, index};
};

/** Shards that run at once, as many as there are processors here. */
const atOnce = 2;

const runShards = async (
	scene: Scene,
	upstream: string,
): Promise<{night: Night; listing: Night}> => {
	const index = await prepare(scene, 'shards', upstream, shards);
	const lister = openStateless(scene, 'lister', 'shards');
	let listed: Usage | undefined;
	const listing = await measure(scene, async () => {
		listed = await lister.runMeasured(['list', '--to', title]);
	});
	const usages: (Usage & {readonly time: number})[] = [];
	const left = [...shards];
	const work = async (): Promise<void> => {
		for (let shard = left.shift(); shard !== undefined; shard = left.shift()) {
			const cistern = openStateless(scene, `shard-${shard.index}`, 'shards');
			const started = performance.now();
			const words = ['--shard', `${shard.index}/${shard.of}`, '--listing', title];
			const usage = await cistern.runMeasured([...stateless, ...words]);
			usages.push({...usage, time: performance.now() - started});
		}
	};
	const cost = await measure(scene, async () => {
		await Promise.all(Array.from({length: atOnce}, work));
	});
	await expectUnchanged(scene, 'shards', {count, runs: shardCount});
	return {
		night: {
			...cost,
			memory: Math.max(...usages.map(({memory}) => memory)),
			longest: Math.max(...usages.map(({time}) => time)),
			index,
		},
		listing: {
			...listing,
			memory: listed?.memory ?? 0,
			longest: listing.time,
			index: await sizeOfListing(scene),
		},
	};
};

const sizeOfListing = async (scene: Scene): Promise<number> => {
	const {store, signal} = openReading(scene, 'shards');
	let size = 0;
	for await (const one of store.list('listing/', {signal})) {
		size = one.size;
	}

	return size;
};

const seconds = (time: number): string => `${(time / 1000).toFixed(1)} s`;
const megabytes = (size: number): string => `${(size / 1_000_000).toFixed(2)} MB`;
const number = (value: number): string => value.toLocaleString('en');

/** Requests of git that Bitbucket answers a user in an hour. */
const gitHour = 60_000;

const report = (
	first: Cost,
	whole: Night,
	{night, listing}: Awaited<ReturnType<typeof runShards>>,
): string => {
	const store = ({put, get, list}: Cost): string =>
		`${number(put)} PUT, ${number(get)} GET, ${number(list)} LIST`;
	const hours = (git: number): string => `${Math.ceil((git / gitHour) * 60)} minutes`;
	return `A quiet night of ${number(count)} repositories:

| | one process | ${shardCount} shards, ${atOnce} at once |
|---|---|---|
| time | ${seconds(whole.time)} | ${seconds(night.time)}; the slowest shard ${seconds(night.longest)} |
| memory at its peak | ${whole.memory.toFixed(0)} MiB | ${night.memory.toFixed(0)} MiB each |
| API requests | ${number(whole.api)} | ${number(night.api)}, after ${number(listing.api)} of \`cistern list\` |
| git requests | ${number(whole.git)} | ${number(night.git)} |
| at Bitbucket's 60,000 git requests an hour | ${hours(whole.git)} at least | ${hours(night.git)} at least |
| requests to the store | ${store(whole)} | ${store(night)} |
| largest index object | ${megabytes(whole.index)} | ${megabytes(night.index)} |

\`cistern list --to ${title}\`: ${seconds(listing.time)}, ${listing.memory.toFixed(0)} MiB, ${megabytes(listing.index)} in the store.

A first run of ${number(firstCopies)} repositories of 100 kB: ${seconds(first.time)}, ${number(first.git)} git requests, ${store(first)}.
`;
};

const folder = mkdtempSync(join(tmpdir(), 'cistern-scale-'));
const server = await startServer();
const s3 = await startS3();
const removeAll = (): void => {
	endChildren();
	server.close();
	rmSync(folder, {recursive: true, force: true, maxRetries: 5, retryDelay: 100});
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
	process.once(signal, () => {
		removeAll();
		process.exit(130);
	});
}

try {
	mkdirSync(join(folder, 'bench'));
	const bench: Bench = {folder: join(folder, 'bench'), server, isQuick: false};
	const user = {accessKeyId: 'AKIDSCALE', secretAccessKey: 'of-the-scale'};
	s3.addUser(user);
	const scene: Scene = {bench, s3, user, keys: await makeKeyPair()};
	const upstream = join(folder, 'small.git');
	await makeSmallUpstream(upstream);
	const first = await runFirst(scene, upstream);
	const whole = await runWhole(scene, upstream);
	const sharded = await runShards(scene, upstream);
	process.stdout.write(report(first, whole, sharded));
} finally {
	await s3.close();
	removeAll();
}
