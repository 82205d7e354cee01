import {appendFileSync, mkdirSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {makeAgents} from '../../../source/adapters/network/agents.ts';
import {makeKeyPair} from '../../../source/adapters/seal/age.ts';
import {openStore} from '../../../source/adapters/store/open-store.ts';
import {repoFolder} from '../../../source/domain/plan/layout.ts';
import {usualFullAfter} from '../../../source/domain/store/chain.ts';
import {
	linesOfIndex,
	parseIndex,
	type StoreIndex,
} from '../../../source/domain/store/store-index.ts';
import {runGit} from '../../../source/sandbox/bare-repository.ts';
import {startS3} from '../../helpers/s3/s3.ts';
import {
	compareMedians,
	type Finding,
	interleave,
	limitMedian,
	limitMost,
} from '../report/measurement.ts';
import type {Bench} from '../scene/bench.ts';
import {openCistern, type Usage} from '../scene/cistern.ts';
import {runPackObjects} from '../scene/git-commands.ts';
import {makeHeavyUpstream, makeNextUpstream, makeSmallUpstream} from '../scene/upstream.ts';
import {expectLastRun, saveWorkspace, slugsOf} from '../scene/workspace.ts';
import {uuidOf, workspace} from '../server/listing.ts';

const title = 'offsite';

/** A store of its own for a settings file, sealed for a key that is thrown away. */
const addFolderStore = async ({folder}: Bench, name: string): Promise<string> => {
	const path = join(folder, `${name}-store`);
	const {recipient} = await makeKeyPair();
	mkdirSync(path);
	appendFileSync(
		join(folder, `${name}.yml`),
		`stores: [{title: ${title}, type: folder, path: ${path}, recipients: [${recipient}]}]\n`,
	);
	return path;
};

/** A run in which nothing changed, with a bucket and without. */
const measureQuietNight = async (bench: Bench): Promise<Finding> => {
	const slugs = slugsOf(bench.isQuick ? 100 : 1000);
	const upstream = join(bench.folder, 'small.git');
	await makeSmallUpstream(upstream);
	const s3 = await startS3();
	const user = {accessKeyId: 'AKIDBENCH', secretAccessKey: 'of-the-bench'};
	s3.addUser(user);
	const {recipient} = await makeKeyPair();
	const store = `
stores:
  - title: ${title}
    type: s3
    endpoint: ${s3.endpoint}
    bucket: ${s3.bucketName}
    accessKeyId: ${user.accessKeyId}
    secretAccessKey: ${user.secretAccessKey}
    recipients: [${recipient}]
`;
	const requests: number[] = [];
	const prepare = async (name: string, more: string) => {
		const cistern = openCistern(bench, name);
		await saveWorkspace(bench, cistern, slugs, upstream);
		appendFileSync(join(bench.folder, `${name}.yml`), more);
		await cistern.run();
		/** Milliseconds of a core, of each round. */
		const processor: number[] = [];
		return {
			name: `\`cistern --yes\`, ${name}`,
			processor,
			act: async () => {
				processor.push(await cistern.runTimed());
				expectLastRun(cistern, {inScope: slugs.length, unchanged: slugs.length});
			},
		};
	};
	const plain = await prepare('without-a-store', '');
	const stored = await prepare('with-a-store', store);
	const counted = async (): Promise<void> => {
		const before = s3.log.length;
		await stored.act();
		requests.push(s3.log.length - before);
	};
	const times = await interleave(
		{stored: {...stored, act: counted}, plain},
		bench.isQuick ? 3 : 25,
	);
	await s3.close();
	const subtract = (more: readonly number[], less: readonly number[]): readonly number[] =>
		more.map((sample, round) => sample - (less[round] ?? Number.NaN));
	const samples = subtract(times.stored.samples, times.plain.samples);
	const processor = subtract(stored.processor, plain.processor);
	return {
		title: `Nothing changed, ${slugs.length} repositories, with a store`,
		measurements: Object.values(times),
		goals: [
			limitMedian({name: 'longer than without', unit: 'ms', samples}, {atMost: 50}),
			// Other load of the machine shows less in it.
			limitMedian({name: 'more processor time', unit: 'ms', samples: processor}, {}),
			limitMost({name: 'requests to the store', unit: 'requests', samples: requests}, {atMost: 3}),
		],
	};
};

/** A first sending of one large repository: sealing is nearly all of its work. */
const measureSealing = async (bench: Bench): Promise<Finding> => {
	const size = (bench.isQuick ? 32 : 256) * 1_000_000;
	const [slug = ''] = slugsOf(1);
	const path = join(bench.folder, 'heavy.git');
	await makeHeavyUpstream(path, size, 64);
	await bench.server.offer([{slug, path}]);
	const cistern = openCistern(bench, 'heavy');
	await cistern.run();
	const store = await addFolderStore(bench, 'heavy');
	const usages: Usage[] = [];
	const {time} = await interleave(
		{
			time: {
				name: '`cistern send`',
				prepare: () => {
					rmSync(join(cistern.backup, '.cistern', 'stores'), {recursive: true, force: true});
					rmSync(store, {recursive: true});
					mkdirSync(store);
				},
				act: async () => {
					usages.push(await cistern.runMeasured(['send']));
				},
			},
		},
		3,
	);
	rmSync(cistern.backup, {recursive: true});
	rmSync(store, {recursive: true});
	const rate = time.samples.map((milliseconds) => size / 1000 / milliseconds);
	const memory = usages.map((usage) => usage.memory);
	return {
		title: `A first sending of ${size / 1_000_000} MB, sealed`,
		measurements: [time],
		goals: [
			limitMedian({name: 'sent a second', unit: 'MB', samples: rate}, {atLeast: 30}),
			limitMost({name: 'memory at its peak', unit: 'MiB', samples: memory}, {atMost: 200}),
		],
	};
};

/** A sending of many repositories with a new commit each, against git's share of the work alone. */
const measureChangedMirrors = async (bench: Bench): Promise<Finding> => {
	const slugs = slugsOf(bench.isQuick ? 20 : 100);
	const stateAt = (index: number): string => join(bench.folder, `changed-${index}.git`);
	await makeSmallUpstream(stateAt(0));
	const cistern = openCistern(bench, 'changed');
	await saveWorkspace(bench, cistern, slugs, stateAt(0));
	await addFolderStore(bench, 'changed');
	await cistern.run();
	const tipOf = async (path: string): Promise<string> =>
		(await runGit(path, ['rev-parse', 'refs/heads/main'])).trim();
	const mirrors = slugs.map((slug) => join(cistern.backup, `${workspace}#${slug}`, repoFolder));
	let wanted = '';
	/** Both contenders work on one state, so the first of a round makes it. */
	let made = -1;
	const prepare = async (round: number): Promise<void> => {
		if (round === made) {
			return;
		}

		const [before, next] = [stateAt(round), stateAt(round + 1)];
		await makeNextUpstream(before, next);
		await bench.server.offer(slugs.map((slug) => ({slug, path: next})));
		await cistern.run(['--yes', '--no-send']);
		expectLastRun(cistern, {updated: slugs.length});
		wanted = `${await tipOf(next)}\n^${await tipOf(before)}\n`;
		made = round;
	};
	const {ours, theirs} = await interleave(
		{
			ours: {name: '`cistern send`', prepare, act: () => cistern.run(['send'])},
			theirs: {
				name: '`git pack-objects`, 8 at once',
				prepare,
				act: () => runPackObjects(bench, mirrors, wanted, 8),
			},
		},
		bench.isQuick ? 2 : 5,
	);
	return {
		title: `A sending of ${slugs.length} changed repositories, sealed`,
		measurements: [ours, theirs],
		goals: [compareMedians('against git alone', ours, theirs, {atMost: 1.3})],
	};
};

/** The index object of a very large workspace. */
const measureIndex = async (bench: Bench): Promise<Finding> => {
	const count = bench.isQuick ? 10_000 : 100_000;
	const path = join(bench.folder, 'index-store');
	mkdirSync(path);
	const {identity, recipient} = await makeKeyPair();
	const place = {type: 'folder', path} as const;
	const settings = {title, place, recipients: [recipient], fullAfter: usualFullAfter};
	const store = openStore(settings, {agents: makeAgents(), version: 'bench'});
	const index = makeIndex(count);
	const {signal} = new AbortController();
	const name = `index/20261129T020012345Z-${'0'.repeat(32)}.json.gz${store.suffix}`;
	await store.put(name, await store.sealCompressed(linesOfIndex(index)), signal);
	const {written, read} = await interleave(
		{
			written: {
				name: 'written',
				act: () => store.sealCompressed(linesOfIndex(index)),
			},
			read: {
				name: 'read',
				act: async () => {
					const text = await store.openText(name, {identities: [identity], signal});
					if (parseIndex(text).state !== 'read') {
						throw new Error('the index cannot be read');
					}
				},
			},
		},
		5,
	);
	return {
		title: `The index of ${count} repositories`,
		measurements: [],
		goals: [limitMedian(written, {atMost: 1000}), limitMedian(read, {atMost: 1000})],
	};
};

const makeIndex = (count: number): StoreIndex => {
	const at = '2026-11-29T02:00:12.345Z';
	const chain = {at, fullAt: at, fullBytes: 800_000, bytes: 20_000, steps: 3};
	const repos = slugsOf(count).map((slug) => {
		const heads = ['20261129T020000123Z-5d12c7ae.repo.step.age'];
		// A digest of each one's own, which no compression makes smaller.
		const entry = uuidOf(slug).replaceAll('-', '').repeat(2);
		const parts = {[repoFolder]: {...chain, heads, entry}};
		const folder = `${workspace}#${slug}`;
		return [uuidOf(slug), {name: `${workspace}/${slug}`, folder, parts}] as const;
	});
	const about = {run: 'bench', at, source: workspace, workspace, complete: true, runs: []};
	return {version: 1, ...about, repos: Object.fromEntries(repos)};
};

/** The second copy: a quiet night, sealing, many changes, and the index of a large workspace. */
export const measureStore = async (bench: Bench): Promise<readonly Finding[]> => [
	await measureQuietNight(bench),
	await measureSealing(bench),
	await measureChangedMirrors(bench),
	await measureIndex(bench),
];
