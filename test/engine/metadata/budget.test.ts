import {expect, it} from 'vitest';
import {exitCodes} from '../../../source/domain/failure/exit-code.ts';
import {makeSource, runBackup} from '../../helpers/backup.ts';
import {Death, dyingWorld} from '../../helpers/dying-world.ts';
import {createRandom} from '../../helpers/random.ts';
import {openLiving} from './living.ts';

const hour = 60 * 60_000;
const limit = 40;

it('sends no more requests in any hour than it may, across runs, kills and sources of one account', async () => {
	const living = await openLiving(['api']);
	const {sandbox, clock, folder, people, source} = living;
	const [by] = people;
	for (const repository of living.repositories) {
		for (let index = 0; by !== undefined && index < 20; index += 1) {
			const pull = sandbox.metadata.pullRequests.open(repository, {by});
			sandbox.metadata.pullRequests.close(pull, 'MERGED', {by});
		}
	}

	const ofParts = {metadata: 'true', requestsPerHour: String(limit)};
	const sources = ['acme', 'again'].map((title) =>
		makeSource(sandbox, {...source, title, ofParts}),
	);
	const settings = {metadataTime: 30 * 60_000};
	const random = createRandom(1);
	await runBackup(folder, sources, {
		clock,
		settings,
		wrapWorld: (world) => dyingWorld(world, (name) => name === 'importFiles', random),
	}).catch((error: unknown) => expect(error).toBeInstanceOf(Death));
	for (
		let exitCode: number = exitCodes.incomplete, runs = 0;
		exitCode !== exitCodes.done;
		runs += 1
	) {
		expect(runs).toBeLessThan(20);
		({exitCode} = await runBackup(folder, sources, {clock, settings}));
		clock.advance(20 * 60_000);
	}

	const times = sandbox.requests.filter(({service}) => service === 'api').map(({at}) => at);
	const most = Math.max(
		...times.map((at) => times.filter((other) => other >= at && other < at + hour).length),
	);
	expect(times.length).toBeGreaterThan(limit);
	// Signing in and the listing are counted, but never held back.
	expect(most).toBeLessThanOrEqual(limit + 2);
});
