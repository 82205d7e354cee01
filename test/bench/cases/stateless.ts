import {appendFileSync, mkdirSync, readdirSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {makeKeyPair} from '../../../source/adapters/seal/age.ts';
import {type Finding, limitMost, type Measurement} from '../report/measurement.ts';
import type {Bench} from '../scene/bench.ts';
import {openCistern} from '../scene/cistern.ts';
import {makeHeavyUpstream} from '../scene/upstream.ts';
import {slugsOf} from '../scene/workspace.ts';

const megabyte = 1_000_000;

/** Sizes of the repositories, in MB: a few large ones among many small ones. */
const sizes = [128, 96, 64, 48, 32, 24, 16, 12, 8, 8, 4, 4, 2, 2, 1, 1, 1, 1];

/** Milliseconds between two looks at the temporary folder. */
const pause = 10;

/** Bytes below a folder. A file may go away between the list and the look. */
const measureFolder = (folder: string): number =>
	readdirSync(folder, {recursive: true, withFileTypes: true})
		.filter((entry) => entry.isFile())
		.reduce((sum, {parentPath, name}) => {
			const found = statSync(join(parentPath, name), {throwIfNoEntry: false});
			return sum + (found?.size ?? 0);
		}, 0);

/** Looks at a folder again and again while something is done. Gives the most MB that it ever had. */
const watchFolder = async (folder: string, act: () => Promise<unknown>): Promise<number> => {
	let most = 0;
	const look = (): void => {
		try {
			most = Math.max(most, measureFolder(folder));
		} catch {
			// A folder went away while it was read: the next look sees the others.
		}
	};
	const timer = setInterval(look, pause);
	try {
		await act();
	} finally {
		clearInterval(timer);
	}

	return most / megabyte;
};

/** A first run without a folder over repositories of unlike sizes: its memory, and its room on the disk. */
const measureConcurrency = async (bench: Bench, concurrency: number): Promise<Finding> => {
	const scale = bench.isQuick ? 8 : 1;
	const slugs = slugsOf(sizes.length);
	const repositories = await Promise.all(
		slugs.map(async (slug, index) => {
			const path = join(bench.folder, `${concurrency}-${slug}.git`);
			const size = ((sizes[index] ?? 1) * megabyte) / scale;
			await makeHeavyUpstream(path, size, 8);
			return {slug, path, size};
		}),
	);
	await bench.server.offer(repositories);
	const name = `stateless-${concurrency}`;
	const cistern = openCistern(bench, name);
	const store = join(bench.folder, `${name}-store`);
	const {recipient} = await makeKeyPair();
	const runner = await makeKeyPair();
	mkdirSync(store);
	appendFileSync(
		join(bench.folder, `${name}.yml`),
		`    lfs: ignore\nstores: [{title: offsite, type: folder, path: ${store}, recipients: [${recipient}], runner: ${runner.identity}}]\n`,
	);
	const memory: number[] = [];
	const words = ['--yes', '--stateless', '--store', 'offsite', '--concurrency', `${concurrency}`];
	const room = await watchFolder(join(bench.folder, 'home'), async () => {
		memory.push((await cistern.runMeasured(words)).memory);
	});
	const inFlight = sizes.slice(0, concurrency).reduce((sum, size) => sum + size, 0) / scale;
	const peak: Measurement = {name: 'memory at its peak', unit: 'MiB', samples: memory};
	const disk: Measurement = {name: 'room in the temporary folder', unit: 'MB', samples: [room]};
	return {
		title: `A first run without a folder, --concurrency ${concurrency}`,
		measurements: [],
		goals: [limitMost(peak, {atMost: 200}), limitMost(disk, {atMost: 2.1 * inFlight})],
	};
};

export const measureStateless = async (bench: Bench): Promise<readonly Finding[]> => [
	await measureConcurrency(bench, 1),
	await measureConcurrency(bench, 4),
];
