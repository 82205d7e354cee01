import {rmSync} from 'node:fs';
import {join} from 'node:path';
import {compareBest, type Finding, interleave, type Measurement} from '../report/measurement.ts';
import type {Bench} from '../scene/bench.ts';
import {openCistern} from '../scene/cistern.ts';
import {cloneCommand, runGits} from '../scene/git-commands.ts';
import {makeHeavyUpstream} from '../scene/upstream.ts';
import {expectLastRun, slugsOf} from '../scene/workspace.ts';
import type {Offer} from '../server/listing.ts';
import {delay} from './unchanged.ts';

const MiB = 1024 * 1024;

type Load = {
	readonly name: string;
	readonly repositories: number;
	/** Bytes of all repositories together. */
	readonly size: number;
	/** Files in each repository. */
	readonly blobs: number;
	/** Of git's time, on loopback and with a delay, and of git's processor time. */
	readonly goals: Readonly<
		Partial<Record<'near' | 'far' | 'processor', {readonly atMost: number}>>
	>;
};

const makeOffers = async (folder: string, load: Load): Promise<readonly Offer[]> => {
	const size = load.size / load.repositories;
	const offers: Offer[] = [];
	for (const slug of slugsOf(load.repositories)) {
		const path = join(folder, `${slug}.git`);
		await makeHeavyUpstream(path, size, load.blobs);
		offers.push({slug, path, size});
	}
	return offers;
};

/** Milliseconds of a core, with those of all git processes. */
const measureProcessor = (name: string): Measurement & {readonly samples: number[]} => ({
	name: `\`${name}\`, processor`,
	unit: 'ms',
	samples: [],
});

/** A first run, against git's own mirrors of the same repositories. */
const measureLoad = async (bench: Bench, load: Load): Promise<readonly Finding[]> => {
	const upstreams = join(bench.folder, 'upstreams');
	const mirrors = join(bench.folder, 'mirrors');
	const offers = await makeOffers(upstreams, load);
	await bench.server.offer(offers);
	const cistern = openCistern(bench, 'backup');
	const clones = offers.map(({slug}) => cloneCommand(bench, join(mirrors, slug), slug));
	const clear = (): void => {
		rmSync(mirrors, {recursive: true, force: true});
		rmSync(cistern.backup, {recursive: true, force: true});
	};

	const findings: Finding[] = [];
	for (const [distance, wait] of [
		['near', 0],
		['far', delay],
	] as const) {
		const processor = {ours: measureProcessor('cistern --yes'), theirs: measureProcessor('git')};
		await bench.server.delay(wait);
		const {ours, theirs} = await interleave(
			{
				ours: {
					name: '`cistern --yes`',
					prepare: clear,
					act: async () => {
						// Its folder was removed on purpose.
						processor.ours.samples.push(await cistern.runTimed(['--yes', '--start-over']));
						expectLastRun(cistern, {new: offers.length});
					},
				},
				theirs: {
					name: '`git clone --mirror`, 8 at once',
					prepare: clear,
					act: async () => {
						processor.theirs.samples.push(await runGits(bench, clones, 8));
					},
				},
			},
			bench.isQuick ? 2 : 5,
		);
		const far = wait === 0 ? '' : `, ${wait} ms added to every answer and new connection`;
		findings.push({
			title: `First run: ${load.name}${far}`,
			measurements: [ours, theirs, processor.ours, processor.theirs],
			goals: [
				compareBest('against git, in the best round', ours, theirs, load.goals[distance]),
				compareBest(
					'of its processor time',
					processor.ours,
					processor.theirs,
					wait === 0 ? load.goals.processor : {},
				),
			],
		});
	}

	await bench.server.delay(0);
	clear();
	rmSync(upstreams, {recursive: true});
	return findings;
};

/** Many small repositories, and a few large ones. */
export const measureClone = async (bench: Bench): Promise<readonly Finding[]> => {
	const size = (bench.isQuick ? 40 : 400) * MiB;
	const amount = `${size / MiB} MB in`;
	const small = bench.isQuick ? 40 : 400;
	return [
		...(await measureLoad(bench, {
			name: `${small} repositories of 100 kB`,
			repositories: small,
			size: small * 100 * 1024,
			blobs: 30,
			goals: {near: {atMost: 0.75}, far: {atMost: 0.4}, processor: {atMost: 0.75}},
		})),
		...(await measureLoad(bench, {
			name: `${amount} 60 repositories`,
			repositories: 60,
			size,
			blobs: 100,
			goals: {near: {atMost: 1}},
		})),
		...(await measureLoad(bench, {
			name: `${amount} 4 repositories`,
			repositories: 4,
			size,
			blobs: 400,
			goals: {near: {atMost: 1.05}},
		})),
	];
};
