import {hash} from 'node:crypto';
import {appendFileSync} from 'node:fs';
import {join} from 'node:path';
import {makeAgents} from '../../source/adapters/network/agents.ts';
import {openStore} from '../../source/adapters/store/open-store.ts';
import {formatRecordLine, parseRecord} from '../../source/domain/record/record.ts';
import {parseRunLines} from '../../source/domain/run/run-line.ts';
import {Secret, type StoreSettings} from '../../source/domain/settings/settings.ts';
import {usualFullAfter} from '../../source/domain/store/chain.ts';
import {folderOf, indexName, parseIndexName} from '../../source/domain/store/names.ts';
import {formatShard, isInRange, rangeOf, type Shard} from '../../source/domain/store/shard.ts';
import {formatStep} from '../../source/domain/store/step.ts';
import {type IndexEntry, linesOfIndex} from '../../source/domain/store/store-index.ts';
import {readStep} from '../../source/engine/store/read-steps.ts';
import {
	type FoundSource,
	readIndexes,
	type StoreReading,
} from '../../source/engine/store/read-store.ts';
import {parts} from '../../source/parts/registry.ts';
import type {Bench} from '../bench/scene/bench.ts';
import {type Cistern, openCistern} from '../bench/scene/cistern.ts';
import {uuidOf, workspace} from '../bench/server/listing.ts';
import type {startS3} from '../helpers/s3/s3.ts';

export const title = 'offsite';

/** Everything that the nights of one store share. */
export type Scene = {
	readonly bench: Bench;
	readonly s3: Awaited<ReturnType<typeof startS3>>;
	readonly user: {readonly accessKeyId: string; readonly secretAccessKey: string};
	/** The runner's pair of keys; the store is sealed for it alone. */
	readonly keys: {readonly identity: string; readonly recipient: string};
};

/** A program with settings of its own. `prefix`: of its store in the bucket. */
export const openStateless = (
	{bench, s3, user, keys}: Scene,
	name: string,
	prefix: string,
): Cistern => {
	const cistern = openCistern(bench, name);
	appendFileSync(
		join(bench.folder, `${name}.yml`),
		`    lfs: ignore
stores:
  - title: ${title}
    type: s3
    endpoint: ${s3.endpoint}
    bucket: ${s3.bucketName}
    prefix: ${prefix}
    accessKeyId: ${user.accessKeyId}
    secretAccessKey: ${user.secretAccessKey}
    recipients: [${keys.recipient}]
    runner: ${keys.identity}
`,
	);
	return cistern;
};

/** Opens the store as a run does. */
export const openReading = ({s3, user, keys}: Scene, prefix: string): StoreReading => {
	const settings: StoreSettings = {
		title,
		place: {
			type: 's3',
			title,
			endpoint: s3.endpoint,
			region: 'us-east-1',
			bucket: s3.bucketName,
			prefix,
			pathStyle: true,
			keys: {
				kind: 'given',
				accessKeyId: user.accessKeyId,
				secretAccessKey: new Secret(user.secretAccessKey),
				sessionToken: undefined,
			},
			retention: undefined,
		},
		recipients: [keys.recipient],
		fullAfter: usualFullAfter,
	};
	return {
		store: openStore(settings, {agents: makeAgents(), version: 'scale'}),
		identities: [keys.identity],
		signal: new AbortController().signal,
		retry: (act) => act(),
	};
};

export const readStored = async (scene: Scene, prefix: string): Promise<FoundSource> => {
	const found = (await readIndexes(openReading(scene, prefix))).get(workspace);
	if (found === undefined) {
		throw new Error('the store is empty');
	}

	return found;
};

/** The record of a repository, for another one. */
const copyRecord = (text: string, slug: string): string => {
	const read = parseRecord(text, parts);
	if (read.state !== 'read') {
		throw new Error('the record of the first repository cannot be read');
	}

	return formatRecordLine({...read.record, uuid: uuidOf(slug), slug});
};

/** The entry of a repository as a run without a folder wrote it, for another repository. */
const copyEntry = (entry: IndexEntry, slug: string): IndexEntry => {
	const record = copyRecord(entry.record ?? '', slug);
	const chains = Object.entries(entry.parts).map(([part, chain]) => [
		part,
		{...chain, entry: hash('sha256', record)},
	]);
	return {
		name: `${workspace}/${slug}`,
		folder: `${workspace}#${slug}`,
		record,
		parts: Object.fromEntries(chains),
	};
};

/** The only repository that a run has saved. */
const readFirst = ({repos}: FoundSource): readonly [uuid: string, entry: IndexEntry] => {
	const [first] = Object.entries(repos);
	if (first === undefined) {
		throw new Error('no repository is saved');
	}

	return first;
};

/**
 * Writes the index objects of a workspace of repositories that are all like the one that a run has
 * saved: one object, or one for each shard.
 */
export const writeIndexes = async (
	scene: Scene,
	prefix: string,
	slugs: readonly string[],
	shards: readonly (Shard | undefined)[],
): Promise<void> => {
	const found = await readStored(scene, prefix);
	const {objects, at, runs} = found;
	const [, entry] = readFirst(found);
	const {store, signal} = openReading(scene, prefix);
	for (const shard of shards) {
		const own = slugs.filter((slug) => isInRange(rangeOf(shard), uuidOf(slug)));
		const lines = linesOfIndex({
			version: 1,
			run: 'scale',
			at,
			source: workspace,
			workspace,
			...(shard === undefined ? {} : {shard: formatShard(shard)}),
			complete: true,
			// The program judges a listing by those of earlier runs, which had one repository.
			runs: shard === undefined ? runs : [],
			repos: Object.fromEntries(own.map((slug) => [uuidOf(slug), copyEntry(entry, slug)])),
		});
		const body = await store.sealCompressed(lines);
		const before = objects.flatMap((name) => parseIndexName(name)?.id ?? []);
		const name = indexName(body.sha256, {at: Date.parse(at), before, shard, suffix: store.suffix});
		await store.put(name, body, signal);
	}
};

/**
 * Writes the last steps of repositories that are like the one that a run has saved: what a run reads
 * of a repository that changed. To be called before `writeIndexes`.
 */
export const writeSteps = async (
	scene: Scene,
	prefix: string,
	slugs: readonly string[],
): Promise<void> => {
	const [uuid, entry] = readFirst(await readStored(scene, prefix));
	const reading = openReading(scene, prefix);
	const {store, signal} = reading;
	for (const head of Object.values(entry.parts).flatMap(({heads}) => heads)) {
		const step = await readStep(reading, uuid, head);
		for (const slug of slugs) {
			const about = {uuid: uuidOf(slug), name: `${workspace}/${slug}`};
			const text = formatStep({...step, ...about, record: copyRecord(step.record, slug)});
			await store.put(`${folderOf(uuidOf(slug))}${head}`, await store.sealText(text), signal);
		}
	}
};

/** Bytes of the largest object whose name begins so. */
export const sizeOfLargest = async (
	scene: Scene,
	prefix: string,
	begin: string,
): Promise<number> => {
	const {store, signal} = openReading(scene, prefix);
	let largest = 0;
	for await (const {size} of store.list(begin, {signal})) {
		largest = Math.max(largest, size);
	}

	return largest;
};

/** Throws unless the last `runs` runs together had these counts. */
export const expectRuns = async (
	scene: Scene,
	prefix: string,
	runs: number,
	expected: Readonly<Partial<Record<'new' | 'updated' | 'unchanged', number>>>,
): Promise<void> => {
	const stored = await readStored(scene, prefix);
	const lines = parseRunLines(stored.runs.join('\n'))
		.toSorted((left, right) => (left.at < right.at ? -1 : 1))
		.slice(-runs);
	for (const kind of ['new', 'updated', 'unchanged'] as const) {
		const count = lines.reduce((sum, line) => sum + line[kind], 0);
		if (count !== (expected[kind] ?? 0) || !stored.isComplete) {
			throw new Error(`${count} repositories were ${kind}, not ${expected[kind] ?? 0}`);
		}
	}
};
