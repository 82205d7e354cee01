import {cpSync, existsSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {expect, it} from 'vitest';
import {exitCodes} from '../../../source/domain/failure/exit-code.ts';
import {type Failure, FailureError} from '../../../source/domain/failure/failure.ts';
import {findHeads} from '../../../source/domain/store/names.ts';
import {listIndexes} from '../../../source/engine/store/read-store.ts';
import type {SealedStore, StoreBody} from '../../../source/ports/store.ts';
import type {World} from '../../../source/ports/world.ts';
import {auditStore, rebuildStates} from '../../helpers/audit-store.ts';
import {makeSource, runBackup} from '../../helpers/backup.ts';
import {Death} from '../../helpers/dying-world.ts';
import {createRandom, type Random, shuffle} from '../../helpers/random.ts';
import {changeUpstream} from '../../helpers/random-upstream.ts';
import {seedsOf} from '../../helpers/seeds.ts';
import {fetchAll, fetchBackup, makeStore, openFetching} from '../../helpers/store.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';
import {commitFile, forcePush, readRefs} from '../../helpers/upstream.ts';
import {setUpWorkspace} from '../../helpers/workspace.ts';

const acme = setUpWorkspace();

type Put = (
	write: () => Promise<'written' | 'exists'>,
	name: string,
) => Promise<'written' | 'exists'>;

/**
 * A world whose stores are written to through `put`. No name is written twice, and an index object only
 * once a power cut can take nothing that it leads to.
 */
const withPut =
	(put: Put, written: Map<string, string>) =>
	(world: World): World => ({
		...world,
		openStore: (settings): SealedStore => {
			const store = world.openStore(settings);
			const unsettled = new Set<string>();
			return {
				...store,
				put: (name: string, body: StoreBody, signal: AbortSignal) =>
					put(async () => {
						expect(written.get(name) ?? body.sha256).toBe(body.sha256);
						expect(name.startsWith('index/') ? unsettled.size : 0).toBe(0);
						written.set(name, body.sha256);
						unsettled.add(name);
						return store.put(name, body, signal);
					}, name),
				settle: async (signal: AbortSignal) => {
					await store.settle(signal);
					unsettled.clear();
				},
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
	await acme.run({source});
	// A bundle, its step, and the index object: after one of them is before the next.
	for (const [moment, when] of [
		[1, 'before'],
		[2, 'before'],
		[3, 'before'],
		[3, 'after'],
	] as const) {
		await commitFile(path);
		const wrapWorld = withPut(dyingAt(moment, when), written);
		await expect(acme.run({source, wrapWorld})).rejects.toBeInstanceOf(Death);
		await auditStore(store);
	}

	const {exitCode} = await acme.run({source, wrapWorld: withPut((write) => write(), written)});
	expect(exitCode).toBe(exitCodes.done);
	expect(await auditStore(store)).toBeGreaterThan(0);
	await expectBack(store);
	// A killed run leaves no line behind that every later reader would have to join.
	expect(findHeads(await listIndexes(openFetching(store)))).toHaveLength(1);
});

it('two machines that send at once lose nothing, and what is fetched of both goes on as one', {
	timeout: 60_000,
}, async () => {
	const place = makeTemporaryFolder();
	const store = makeStore(join(place, 'store'));
	const source = makeSource(acme.sandbox, {stores: [store]});
	const {path} = await acme.add('api');
	await acme.run({source});
	const twin = join(place, 'twin');
	cpSync(acme.folder, twin, {recursive: true});
	for (const push of [commitFile, forcePush]) {
		await push(path);
		const {clock} = acme;
		const runs = [acme.folder, twin].map((folder) => runBackup(folder, [source], {clock}));
		for (const {exitCode} of await Promise.all(runs)) {
			expect(exitCode).toBe(exitCodes.done);
		}
	}

	await auditStore(store);
	await rebuildStates(store);
	expect(findHeads(await listIndexes(openFetching(store)))).toHaveLength(2);

	const to = join(place, 'back');
	expect((await fetchBackup(store, to, acme.clock)).failed).toEqual(new Map());
	expect((await runBackup(to, [source], {clock: acme.clock})).exitCode).toBe(exitCodes.done);
	await auditStore(store);
	expect(findHeads(await listIndexes(openFetching(store)))).toHaveLength(1);
});

/** Things that go wrong, each in one round of a seed. */
const fates = [
	'a kill',
	'a full store',
	'a lost answer',
	'an old memory',
	'a twin',
	'a lost mirror',
] as const;

it.each(seedsOf([1]))(
	'whatever upstream, a killer, a failing store, a twin and an old memory do, nothing that an index named is lost: seed %i',
	{timeout: 240_000},
	async (seed) => {
		const random = createRandom(seed);
		const place = makeTemporaryFolder();
		const store = makeStore(join(place, 'store'));
		const source = {stores: [store]};
		const written = new Map<string, string>();
		const {path} = await acme.add('api');
		const memory = acme.path('.cistern', 'stores');
		const [old, twin] = [join(place, 'old'), join(place, 'twin')];
		for (const fate of shuffle(random, fates)) {
			for (let change = random(3); change >= 0; change -= 1) {
				await changeUpstream(path, random);
			}

			if (fate === 'an old memory') {
				// As after a second machine went on with a copy of the folder, or a restored disk.
				replaceFolder(old, memory);
			} else if (random(2) === 0) {
				replaceFolder(memory, old);
			}

			if (fate === 'a lost mirror') {
				rmSync(acme.mirror('api'), {recursive: true, force: true});
			}

			if (fate === 'a twin' && !existsSync(twin)) {
				replaceFolder(acme.folder, twin);
			}

			const put = putOf(fate, random);
			const wrapWorld = withPut(put, written);
			const runs = [acme.run({source, wrapWorld})];
			if (fate === 'a twin') {
				const {clock} = acme;
				runs.push(runBackup(twin, [makeSource(acme.sandbox, source)], {clock, wrapWorld}));
			}

			for (const end of await Promise.allSettled(runs)) {
				expect(end.status === 'fulfilled' || end.reason instanceof Death).toBe(true);
			}

			await auditStore(store);
		}

		// Something to send, so that this folder's state is newer than the twin's.
		await commitFile(path);
		const wrapWorld = withPut((write) => write(), written);
		const {exitCode, reports} = await acme.run({source, wrapWorld});
		expect(reports.flatMap(({gaps}) => gaps)).toEqual([]);
		expect(exitCode).toBe(exitCodes.done);
		expect(await auditStore(store)).toBeGreaterThan(0);
		await rebuildStates(store);
		await expectBack(store);
	},
);

const replaceFolder = (from: string, to: string): void => {
	rmSync(to, {recursive: true, force: true});
	if (existsSync(from)) {
		cpSync(from, to, {recursive: true});
	}
};

const putOf = (fate: (typeof fates)[number], random: Random): Put => {
	const store = 'offsite';
	switch (fate) {
		case 'a kill':
			return dyingAt(1 + random(4), random(2) === 0 ? 'before' : 'after');
		case 'a full store':
			return async (write) =>
				random(2) === 0 ? fail({kind: 'store-full', store, detail: 'no space is left'}) : write();
		case 'a lost answer':
			return async (write) => {
				const result = await write();
				return random(3) === 0
					? fail({kind: 'network', problem: 'connection-reset', detail: '', store})
					: result;
			};
		default:
			return (write) => write();
	}
};

const fail = (failure: Failure): never => {
	throw new FailureError(failure);
};
