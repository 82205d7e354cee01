import {hash} from 'node:crypto';
import {appendFileSync} from 'node:fs';
import {join} from 'node:path';
import {makeAgents} from '../../source/adapters/network/agents.ts';
import {openStore} from '../../source/adapters/store/open-store.ts';
import {formatRecordLine, parseRecord} from '../../source/domain/record/record.ts';
import {parseRunLines} from '../../source/domain/run/run-line.ts';
import {Secret, type StoreSettings} from '../../source/domain/settings/settings.ts';
import {usualFullAfter} from '../../source/domain/store/chain.ts';
import {indexName, parseIndexName} from '../../source/domain/store/names.ts';
import {formatShard, isInRange, rangeOf, type Shard} from '../../source/domain/store/shard.ts';
import {type IndexEntry, linesOfIndex} from '../../source/domain/store/store-index.ts';
import {
	type FoundSource,
	readIndexes,
	type StoreReading,
} from '../../source/engine/store/read-store.ts';
import {parts} from '../../source/parts/registry.ts';
import type {startS3} from '../../source/sandbox/s3/s3.ts';
import type {Bench} from '../bench/scene/bench.ts';
import {type Cistern, openCistern} from '../bench/scene/cistern.ts';
import {uuidOf, workspace} from '../bench/server/listing.ts';

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

/** The entry of a repository as a run without a folder wrote it, for another repository. */
const copyEntry = (entry: IndexEntry, slug: string): IndexEntry => {
	const read = parseRecord(entry.record ?? '', parts);
	if (read.state !== 'read') {
		throw new Error('the record of the first repository cannot be read');
	}

	const record = formatRecordLine({...read.record, uuid: uuidOf(slug), slug});
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

/**
 * Writes the index objects of a workspace of repositories that are all like the one that a run has
 * saved: one object, or one for each shard. Gives the bytes of the largest.
 */
export const writeIndexes = async (
	scene: Scene,
	prefix: string,
	slugs: readonly string[],
	shards: readonly (Shard | undefined)[],
): Promise<number> => {
	const {objects, repos, at, runs} = await readStored(scene, prefix);
	const [entry] = Object.values(repos);
	if (entry === undefined) {
		throw new Error('no repository is saved');
	}

	const {store, signal} = openReading(scene, prefix);
	let largest = 0;
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
		largest = Math.max(largest, body.size);
	}

	return largest;
};

/** Throws unless the last runs found all of these repositories unchanged. */
export const expectUnchanged = async (
	scene: Scene,
	prefix: string,
	{count, runs}: {readonly count: number; readonly runs: number},
): Promise<void> => {
	const stored = await readStored(scene, prefix);
	const lines = parseRunLines(stored.runs.join('\n')).slice(-runs);
	const unchanged = lines.reduce((sum, line) => sum + line.unchanged, 0);
	if (unchanged !== count || !stored.isComplete) {
		throw new Error(`${unchanged} repositories were unchanged, not ${count}`);
	}
};
