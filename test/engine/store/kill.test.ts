import {cpSync, existsSync, readdirSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {expect, it} from 'vitest';
import {exitCodes} from '../../../source/domain/failure/exit-code.ts';
import {FailureError} from '../../../source/domain/failure/failure.ts';
import type {SealedStore, StoreBody} from '../../../source/ports/store.ts';
import type {World} from '../../../source/ports/world.ts';
import {auditStore} from '../../helpers/audit-store.ts';
import {Death} from '../../helpers/dying-world.ts';
import {createRandom} from '../../helpers/random.ts';
import {changeUpstream} from '../../helpers/random-upstream.ts';
import {fetchAll, makeStore} from '../../helpers/store.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';
import {commitFile, readRefs} from '../../helpers/upstream.ts';
import {setUpWorkspace} from '../../helpers/workspace.ts';

const acme = setUpWorkspace();

/** `npm run kills -- 200` tries more. */
const seeds = Number(process.env['STORE_SEEDS'] ?? 2);

type Put = (
	write: () => Promise<'written' | 'exists'>,
	name: string,
) => Promise<'written' | 'exists'>;

/** A world whose stores are written to through `put`, and in which no name is written twice. */
const withPut =
	(put: Put, written: Map<string, string>) =>
	(world: World): World => ({
		...world,
		openStore: (settings): SealedStore => {
			const store = world.openStore(settings);
			return {
				...store,
				put: (name: string, body: StoreBody, signal: AbortSignal) =>
					put(async () => {
						expect(written.get(name) ?? body.sha256).toBe(body.sha256);
						written.set(name, body.sha256);
						return store.put(name, body, signal);
					}, name),
			};
		},
	});

const die = (): never => {
	throw new Death('killed');
};

/** The run dies at its n-th object: before it is written, or before it learns that it is. */
const dyingAt =
	(moment: number, when: 'before' | 'after'): Put =>
	async (write) => {
		moment -= 1;
		if (moment < 0 || (moment === 0 && when === 'before')) {
			die();
		}

		const result = await write();
		return moment === 0 ? die() : result;
	};

const expectBack = async (store: ReturnType<typeof makeStore>): Promise<void> => {
	const folder = makeTemporaryFolder();
	const {repos, isComplete} = await fetchAll(store, folder);
	expect(isComplete).toBe(true);
	expect(Object.keys(repos).length).toBeGreaterThan(0);
	for (const {folder: name} of Object.values(repos)) {
		const back = join(folder, 'acme', name, 'repo');
		expect(await readRefs(back, 'refs/')).toEqual(await readRefs(acme.path(name, 'repo'), 'refs/'));
	}
};

it('a run that dies at any object leaves a store of which all comes back, and the next run completes it', {
	timeout: 240_000,
}, async () => {
	const store = makeStore(join(makeTemporaryFolder(), 'store'));
	const source = {stores: [store]};
	const written = new Map<string, string>();
	const {path} = await acme.add('api');
	// A bundle, its step, and the index object.
	for (const moment of [1, 2, 3]) {
		for (const when of ['before', 'after'] as const) {
			await commitFile(path);
			const wrapWorld = withPut(dyingAt(moment, when), written);
			await expect(acme.run({source, wrapWorld})).rejects.toBeInstanceOf(Death);
			await auditStore(store);
		}
	}

	const {exitCode} = await acme.run({source, wrapWorld: withPut((write) => write(), written)});
	expect(exitCode).toBe(exitCodes.done);
	expect(await auditStore(store)).toBeGreaterThan(0);
	await expectBack(store);
});

it.each(Array.from({length: seeds}, (_, index) => index + 1))(
	'whatever upstream, a killer, a failing store and an old memory do, nothing that an index named is lost: seed %i',
	{timeout: 240_000},
	async (seed) => {
		const random = createRandom(seed);
		const place = makeTemporaryFolder();
		const store = makeStore(join(place, 'store'));
		const source = {stores: [store]};
		const written = new Map<string, string>();
		const {path} = await acme.add('api');
		const memory = acme.path('.cistern', 'stores');
		const old = join(place, 'old');
		for (let round = 0; round < 6; round += 1) {
			for (let change = random(3); change >= 0; change -= 1) {
				await changeUpstream(path, random);
			}

			const fate = random(6);
			if (fate === 0) {
				// As after a second machine went on with a copy of the folder, or a restored disk.
				rmSync(memory, {recursive: true, force: true});
				if (existsSync(old)) {
					cpSync(old, memory, {recursive: true});
				}
			} else if (existsSync(memory) && random(2) === 0) {
				rmSync(old, {recursive: true, force: true});
				cpSync(memory, old, {recursive: true});
			}

			const put: Put =
				fate === 1 || fate === 2
					? dyingAt(1 + random(4), random(2) === 0 ? 'before' : 'after')
					: async (write) => {
							if (fate === 3 && random(2) === 0) {
								const detail = 'no space is left';
								throw new FailureError({kind: 'store-full', store: store.title, detail});
							}

							return write();
						};
			const wrapWorld = withPut(put, written);
			await acme.run({source, wrapWorld}).catch((error: unknown) => {
				expect(error).toBeInstanceOf(Death);
			});
			await auditStore(store);
		}

		const wrapWorld = withPut((write) => write(), written);
		const {exitCode, reports} = await acme.run({source, wrapWorld});
		expect(reports.flatMap(({gaps}) => gaps)).toEqual([]);
		expect(exitCode).toBe(exitCodes.done);
		await auditStore(store);
		await expectBack(store);
		expect(
			readdirSync(join(store.place.type === 'folder' ? store.place.path : '', 'index')).length,
		).toBeGreaterThan(0);
	},
);
