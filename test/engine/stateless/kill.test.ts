import {join} from 'node:path';
import {expect, it} from 'vitest';
import {exitCodes} from '../../../source/domain/failure/exit-code.ts';
import {FailureError} from '../../../source/domain/failure/failure.ts';
import type {StoreSettings} from '../../../source/domain/settings/settings.ts';
import type {SealedStore, StoreBody} from '../../../source/ports/store.ts';
import type {World} from '../../../source/ports/world.ts';
import {auditStore} from '../../helpers/audit-store.ts';
import {makeSource, type RunResult, runBackup} from '../../helpers/backup.ts';
import {Death} from '../../helpers/dying-world.ts';
import {createRandom, type Random} from '../../helpers/random.ts';
import {changeUpstream} from '../../helpers/random-upstream.ts';
import {keptIn} from '../../helpers/stateless.ts';
import {fetchAll, makeStore} from '../../helpers/store.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';
import {git, readRefs} from '../../helpers/upstream.ts';
import {setUpWorkspace} from '../../helpers/workspace.ts';

const acme = setUpWorkspace();

/** `npm run kills -- 200` tries more. */
const seeds = Number(process.env['STORE_SEEDS'] ?? 1);

/** The fate of the n-th object that a run writes. */
type Fate = (object: number) => 'written' | 'killed before' | 'killed after' | 'refused';

const well: Fate = () => 'written';

/** A world in which no name of a store is written twice, and in which runs meet their fate. */
const withFate =
	(fate: Fate, written: Map<string, string>) =>
	(world: World): World => ({
		...world,
		openStore: (settings): SealedStore => {
			const store = world.openStore(settings);
			let objects = 0;
			let isDead = false;
			return {
				...store,
				put: async (name: string, body: StoreBody, signal: AbortSignal) => {
					objects += 1;
					const end = fate(objects);
					isDead ||= end === 'killed before';
					if (isDead) {
						throw new Death('killed');
					}

					if (end === 'refused') {
						throw new FailureError({kind: 'store-full', store: store.title, detail: 'no room'});
					}

					expect(written.get(name) ?? body.sha256).toBe(body.sha256);
					written.set(name, body.sha256);
					const result = await store.put(name, body, signal);
					isDead ||= end === 'killed after';
					if (isDead) {
						throw new Death('killed');
					}

					return result;
				},
			};
		},
	});

const drawFate = (random: Random): Fate => {
	const moment = 1 + random(4);
	const kind = random(6);
	const ends = ['killed before', 'killed after', 'refused'] as const;
	return kind < 3 ? (object) => (object === moment ? (ends[kind] ?? 'written') : 'written') : well;
};

const runStateless = (
	store: StoreSettings,
	wrapWorld: (world: World) => World,
): Promise<RunResult | undefined> =>
	runBackup(makeTemporaryFolder(), [makeSource(acme.sandbox)], {
		clock: acme.clock,
		run: keptIn(store),
		wrapWorld,
	}).catch((error: unknown) => {
		expect(error).toBeInstanceOf(Death);
		return undefined;
	});

it.each(Array.from({length: seeds}, (_, index) => index + 1))(
	'whatever upstream, a killer, a twin and a failing store do, no night that counted is lost: seed %i',
	{timeout: 240_000},
	async (seed) => {
		const random = createRandom(seed);
		const store = makeStore(join(makeTemporaryFolder(), 'store'));
		const written = new Map<string, string>();
		const {path} = await acme.add('api');
		const seen = new Set<string>();
		const night = async (fate: Fate): Promise<void> => {
			const tips = [...(await readRefs(path, 'refs/')).values()];
			const result = await runStateless(store, withFate(fate, written));
			for (const tip of result?.exitCode === exitCodes.done ? tips : []) {
				seen.add(tip);
			}
		};
		for (let round = 0; round < 6; round += 1) {
			for (let change = random(3); change >= 0; change -= 1) {
				await changeUpstream(path, random);
			}

			await (random(3) === 0
				? Promise.all([night(drawFate(random)), night(well)])
				: night(drawFate(random)));
			await auditStore(store);
		}

		await night(well);
		const folder = makeTemporaryFolder();
		const {isComplete} = await fetchAll(store, folder);
		expect(isComplete).toBe(true);
		const mirror = join(folder, 'acme', 'acme#api', 'repo');
		const refs = [...(await readRefs(mirror, 'refs/'))];
		expect(new Map(refs.filter(([ref]) => !ref.startsWith('refs/cistern/')))).toEqual(
			await readRefs(path, 'refs/'),
		);
		const reached = new Set((await git(mirror, 'rev-list', '--objects', '--all')).split(/\s/));
		const named = new Set(refs.map(([, oid]) => oid));
		expect([...seen].filter((oid) => !reached.has(oid) && !named.has(oid))).toEqual([]);
		expect(seen.size).toBeGreaterThan(0);
		const next = await runBackup(folder, [makeSource(acme.sandbox)], {clock: acme.clock});
		expect(next.exitCode).toBe(exitCodes.done);
		expect(next.outcomes.get('acme/api')?.result).toBe('unchanged');
	},
);
