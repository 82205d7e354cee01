import {join} from 'node:path';
import {expect, it} from 'vitest';
import {exitCodes} from '../../../source/domain/failure/exit-code.ts';
import {makeSource, runBackup} from '../../helpers/backup.ts';
import {Death} from '../../helpers/dying-world.ts';
import {type Fate, withFate} from '../../helpers/fated-store.ts';
import {keptIn} from '../../helpers/stateless.ts';
import {makeStore} from '../../helpers/store.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';
import {type Living, openLiving} from '../metadata/living.ts';

const minute = 60_000;
const hour = 60 * minute;
const pulls = 15;

/** A workspace with closed pull requests, of which the tasks of each take a request. */
const setUp = async (limit: number) => {
	const living = await openLiving(['api']);
	const [by] = living.people;
	for (let index = 0; by !== undefined && index < pulls; index += 1) {
		const {pullRequests} = living.sandbox.metadata;
		for (const repository of living.repositories) {
			pullRequests.close(pullRequests.open(repository, {by}), 'DECLINED', {by});
		}
	}

	const store = makeStore(join(makeTemporaryFolder(), 'store'));
	return {...living, run: openRun(living, keptIn(store), limit)};
};

const openRun = (
	{sandbox, source, clock}: Living,
	run: ReturnType<typeof keptIn>,
	limit: number,
) => {
	const ofParts = {metadata: 'true', requestsPerHour: String(limit)};
	const written = new Map<string, string>();
	return (metadataTime: number, fate: Fate = () => 'written') =>
		runBackup(makeTemporaryFolder(), [makeSource(sandbox, {...source, ofParts})], {
			clock,
			run,
			settings: {metadataTime},
			wrapWorld: withFate(fate, written),
		});
};

it('no hour has more requests than it may, across runs without a folder', async () => {
	const limit = 20;
	const {run, clock, sandbox} = await setUp(limit);
	let exitCode: number = exitCodes.incomplete;
	for (let runs = 0; exitCode !== exitCodes.done; runs += 1) {
		expect(runs).toBeLessThan(15);
		({exitCode} = await run(20 * minute));
		clock.advance(25 * minute);
	}

	const times = sandbox.requests.filter(({service}) => service === 'api').map(({at}) => at);
	const most = Math.max(
		...times.map((at) => times.filter((other) => other >= at && other < at + hour).length),
	);
	expect(times.length).toBeGreaterThan(limit + 3 * 2);
	// Signing in and the listing are counted, but never held back. They come anew with each run.
	expect(most).toBeLessThanOrEqual(limit + 3 * 2);
});

it('a kill in the middle of a long reading costs ten minutes of it', async () => {
	const limit = 10;
	const {run, clock, sandbox} = await setUp(limit);
	const start = clock.now();
	let isKilled = false;
	const late: Fate = (_, name) => {
		isKilled = name.includes('.step') && clock.now() - start > 2 * hour;
		return isKilled ? 'killed before' : 'written';
	};
	await expect(run(20 * hour, late)).rejects.toBeInstanceOf(Death);
	expect(isKilled).toBe(true);
	clock.advance(hour);
	expect((await run(20 * hour)).exitCode).toBe(exitCodes.done);
	const asked = sandbox.requests.flatMap(({path}) => /\/pullrequests\/\d+\/tasks/.exec(path) ?? []);
	expect(new Set(asked).size).toBe(pulls);
	expect(asked.length - pulls).toBeLessThanOrEqual(limit);
});
