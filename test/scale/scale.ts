/**
 * Runs without a folder over a very large workspace, in one process and in 16 shards:
 * `npm run scale`, `npm run scale -- 1000`, `npm run scale -- 1000 20` with the number of those that
 * change. Prints the table of docs/scale.md.
 *
 * Simulated are Bitbucket, whose answers come from memory, and the bucket, which lies in the memory of
 * this process. All repositories are copies of one, and so is what the store has of them before a quiet
 * night. The program is the real one, and so is all that it does. A first run has 2,000 repositories at
 * most, because each takes a git process: 1,000 of them take about 20 seconds.
 */
import {mkdirSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {makeKeyPair} from '../../source/adapters/seal/age.ts';
import type {Shard} from '../../source/domain/store/shard.ts';
import {type Bench, endChildren} from '../bench/scene/bench.ts';
import {makeNextUpstream, makeSmallUpstream} from '../bench/scene/upstream.ts';
import {slugsOf} from '../bench/scene/workspace.ts';
import {startServer} from '../bench/server/start-server.ts';
import {startS3} from '../helpers/s3/s3.ts';
import {
	expectRuns,
	openStateless,
	type Scene,
	sizeOfLargest,
	title,
	writeIndexes,
	writeSteps,
} from './night.ts';

const count = Number(process.argv[2] ?? 100_000);
const slugs = slugsOf(count);
const firstCopies = slugs.slice(0, 2000);
const changed = slugs.slice(0, Number(process.argv[3] ?? count / 20));
const shardCount = 16;

/** Shards that run at once, as many as there are processors here. */
const atOnce = 2;

/** How long a process took, in milliseconds, and its memory at its peak, in MiB. */
type Used = {readonly time: number; readonly memory: number};

const stateless = ['--yes', '--quiet', '--stateless', '--store', title];

const runProgram = async (
	scene: Scene,
	prefix: string,
	name: string,
	words: readonly string[],
): Promise<Used> => {
	const started = performance.now();
	const {memory} = await openStateless(scene, name, prefix).runMeasured(words);
	return {time: performance.now() - started, memory};
};

/** A way to divide the work. `prefix`: of the store in the bucket. */
type Way = {
	readonly name: string;
	readonly shards: readonly (Shard | undefined)[];
	readonly run: (scene: Scene, prefix: string) => Promise<readonly Used[]>;
};

const whole: Way = {
	name: 'one process',
	shards: [undefined],
	run: async (scene, prefix) => [await runProgram(scene, prefix, 'whole', stateless)],
};

const shards = Array.from({length: shardCount}, (_, index) => ({index: index + 1, of: shardCount}));

const sharded: Way = {
	name: `${shardCount} shards, ${atOnce} at once`,
	shards,
	run: async (scene, prefix) => {
		const used: Used[] = [];
		const left = [...shards];
		const work = async (): Promise<void> => {
			for (let shard = left.shift(); shard !== undefined; shard = left.shift()) {
				const words = ['--shard', `${shard.index}/${shard.of}`, '--listing', title];
				const name = `shard-${shard.index}`;
				used.push(await runProgram(scene, prefix, name, [...stateless, ...words]));
			}
		};
		await Promise.all(Array.from({length: atOnce}, work));
		return used;
	},
};

/** Writes the listing that the shards take. */
const list = (scene: Scene, prefix: string): Promise<Used> =>
	runProgram(scene, prefix, 'lister', ['list', '--to', title]);

/** A row of the table: everything that a night cost. */
type Row = {
	readonly night: string;
	readonly way: string;
	/** Milliseconds. */
	readonly time: number;
	readonly used: readonly Used[];
	readonly requests: Readonly<Record<'api' | 'git' | 'PUT' | 'GET' | 'LIST', number>>;
	/** Bytes of the largest index object. */
	readonly index: number;
};

const measure = async (
	scene: Scene,
	prefix: string,
	{name: way, run, shards: {length}}: Way,
	night: string,
	expected: Parameters<typeof expectRuns>[3],
): Promise<Row> => {
	const {server} = scene.bench;
	await server.count();
	const before = scene.s3.log.length;
	const started = performance.now();
	const used = await run(scene, prefix);
	const time = performance.now() - started;
	const log = scene.s3.log.slice(before);
	const of = (method: string, isList: boolean): number =>
		log.filter((one) => one.method === method && (one.key === '') === isList).length;
	const stored = {PUT: of('PUT', false), GET: of('GET', false), LIST: of('GET', true)};
	const requests = {...(await server.count()), ...stored};
	await expectRuns(scene, prefix, length, expected);
	return {night, way, time, used, requests, index: await sizeOfLargest(scene, prefix, 'index/')};
};

type Upstreams = {readonly small: string; readonly next: string};

/** Offers the repositories: those that changed since the night before, and all others as they were. */
const offer = (
	{bench}: Scene,
	{small, next}: Upstreams,
	all: readonly string[],
	news: readonly string[] = [],
): Promise<void> => {
	const isNew = new Set(news);
	const repositories = all.map((slug) => ({slug, path: isNew.has(slug) ? next : small}));
	return bench.server.offer(repositories, {remembersPacks: true});
};

const measureFirst = async (scene: Scene, upstreams: Upstreams, way: Way): Promise<Row> => {
	const prefix = `first-${way.shards.length}`;
	await offer(scene, upstreams, firstCopies);
	if (way === sharded) {
		await list(scene, prefix);
	}

	const {length} = firstCopies;
	return measure(scene, prefix, way, `first run of ${number(length)} alone`, {new: length});
};

/** A quiet night, and one after which some repositories have changed. */
const measureNights = async (
	scene: Scene,
	upstreams: Upstreams,
	way: Way,
): Promise<readonly Row[]> => {
	const prefix = `nights-${way.shards.length}`;
	await offer(scene, upstreams, slugs.slice(0, 1));
	await openStateless(scene, 'seed', prefix).run(stateless);
	await writeSteps(scene, prefix, changed);
	await writeIndexes(scene, prefix, slugs, way.shards);
	await offer(scene, upstreams, slugs);
	if (way === sharded) {
		await reportListing(scene, prefix);
	}

	const quiet = await measure(scene, prefix, way, 'quiet night', {unchanged: count});
	await offer(scene, upstreams, slugs, changed);
	const news = await measure(scene, prefix, way, `${number(changed.length)} changed`, {
		updated: changed.length,
		unchanged: count - changed.length,
	});
	return [quiet, news];
};

const reportListing = async (scene: Scene, prefix: string): Promise<void> => {
	const {server} = scene.bench;
	await server.count();
	const {time, memory} = await list(scene, prefix);
	const {api} = await server.count();
	const size = await sizeOfLargest(scene, prefix, 'listing/');
	process.stdout.write(
		`\`cistern list --to ${title}\`: ${seconds(time)}, ${memory.toFixed(0)} MiB, ${number(api)} API requests, ${megabytes(size)} in the store.\n\n`,
	);
};

const seconds = (time: number): string => `${(time / 1000).toFixed(1)} s`;
const megabytes = (size: number): string => `${(size / 1_000_000).toFixed(2)} MB`;
const number = (value: number): string => value.toLocaleString('en');

const formatRow = ({night, way, time, used, requests, index}: Row): string => {
	const slowest = seconds(Math.max(...used.map((one) => one.time)));
	const memory = Math.max(...used.map((one) => one.memory)).toFixed(0);
	const {api, git, PUT, GET, LIST} = requests;
	const cells = [
		night,
		way,
		used.length === 1 ? seconds(time) : `${seconds(time)}; the slowest ${slowest}`,
		used.length === 1 ? `${memory} MiB` : `${memory} MiB each`,
		number(api),
		number(git),
		`${number(PUT)} PUT, ${number(GET)} GET, ${number(LIST)} LIST`,
		megabytes(index),
	];
	return `| ${cells.join(' | ')} |\n`;
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
	const upstreams = {small: join(folder, 'small.git'), next: join(folder, 'next.git')};
	await makeSmallUpstream(upstreams.small);
	await makeNextUpstream(upstreams.small, upstreams.next);
	const rows: Row[] = [];
	for (const way of [whole, sharded]) {
		rows.push(await measureFirst(scene, upstreams, way));
	}

	for (const way of [whole, sharded]) {
		rows.push(...(await measureNights(scene, upstreams, way)));
	}

	process.stdout.write(`${number(count)} repositories:\n
| night | | time | memory at its peak | API requests | git requests | requests to the store | largest index object |
|---|---|---|---|---|---|---|---|
${rows.map(formatRow).join('')}`);
} finally {
	await s3.close();
	removeAll();
}
