import {rmSync} from 'node:fs';
import {join} from 'node:path';
import {compareBest, type Finding, interleave} from '../report/measurement.ts';
import type {Bench} from '../scene/bench.ts';
import {openCistern} from '../scene/cistern.ts';
import {cloneCommand, runGits} from '../scene/git-commands.ts';
import {makeHeavyUpstream} from '../scene/upstream.ts';
import {expectLastRun, slugsOf} from '../scene/workspace.ts';
import type {Offer} from '../server/listing.ts';

const MiB = 1024 * 1024;

type Load = {
	readonly name: string;
	readonly repositories: number;
	/** Bytes of all repositories together. */
	readonly size: number;
	/** Files in each repository. */
	readonly blobs: number;
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

/** A first run, against git's own mirrors of the same repositories. */
const measureLoad = async (bench: Bench, load: Load): Promise<Finding> => {
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

	const {ours, theirs} = await interleave(
		{
			ours: {
				name: '`cistern --yes`',
				prepare: clear,
				act: async () => {
					// Its folder was removed on purpose.
					await cistern.run(['--yes', '--start-over']);
					expectLastRun(cistern, {new: offers.length});
				},
			},
			theirs: {
				name: '`git clone --mirror`, 8 at once',
				prepare: clear,
				act: () => runGits(bench, clones, 8),
			},
		},
		bench.isQuick ? 2 : 5,
	);
	clear();
	rmSync(upstreams, {recursive: true});
	return {
		title: `First run: ${load.name}`,
		measurements: [ours, theirs],
		goals: [compareBest('against git, in the best round', ours, theirs, {atMost: 1.15})],
	};
};

/** Many small repositories, and a few large ones. */
export const measureClone = async (bench: Bench): Promise<readonly Finding[]> => {
	const size = (bench.isQuick ? 40 : 400) * MiB;
	const amount = `${size / MiB} MB in`;
	return [
		await measureLoad(bench, {
			name: `${amount} 60 repositories`,
			repositories: 60,
			size,
			blobs: 100,
		}),
		await measureLoad(bench, {name: `${amount} 4 repositories`, repositories: 4, size, blobs: 400}),
	];
};
