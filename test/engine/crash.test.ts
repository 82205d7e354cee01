import {existsSync} from 'node:fs';
import {describe, expect, it} from 'vitest';
import {exitCodes} from '../../source/domain/exit-code.ts';
import type {Git} from '../../source/ports.ts';
import {
	commitFile,
	deleteRef,
	forcePush,
	git,
	readRefs,
	tag,
	tagAnnotated,
} from '../helpers/upstream.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

/** `npm run crash` tries more. */
const seeds = Number(process.env['CRASH_SEEDS'] ?? 20);

/** The same numbers for the same seed (mulberry32). */
const createRandom = (seed: number): ((below: number) => number) => {
	let state = seed;
	return (below) => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
	};
};

type Random = ReturnType<typeof createRandom>;

const branches = ['main', 'feature', 'feature/x', 'release/1'];
const tags = ['v1', 'v2'];

const pick = <Item>(random: Random, items: readonly Item[]): Item => {
	const item = items[random(items.length)];
	if (item === undefined) {
		throw new Error('nothing to pick from');
	}

	return item;
};

/** Names in each other's way cannot be there together. */
const makeRoom = async (path: string, branch: string): Promise<void> => {
	for (const name of (await readRefs(path)).keys()) {
		const other = name.slice('refs/heads/'.length);
		if (other.startsWith(`${branch}/`) || branch.startsWith(`${other}/`)) {
			await deleteRef(path, name);
		}
	}
};

/** Something that upstream may do between two backups. */
const changeUpstream = async (path: string, random: Random): Promise<void> => {
	const branch = pick(random, branches);
	const refs = await readRefs(path);
	switch (random(6)) {
		case 0:
			await makeRoom(path, branch);
			await forcePush(path, {branch});
			break;
		case 1: {
			const victim = pick(random, [...refs.keys(), 'refs/heads/none']);
			await deleteRef(path, victim).catch(() => {});
			break;
		}
		case 2:
			if (refs.has('refs/heads/main')) {
				await tagAnnotated(path, pick(random, tags));
			}
			break;
		case 3:
			if (refs.has('refs/heads/main')) {
				await tag(path, pick(random, tags));
			}
			break;
		default:
			await makeRoom(path, branch);
			await commitFile(path, {branch});
	}
};

/** Dies at the n-th thing that is asked of git, and stays dead: nothing after it happens. */
const dieAt =
	(n: number) =>
	(alive: Git): Git => {
		let calls = 0;
		return new Proxy(alive, {
			get: (target, name, receiver) => {
				const method: unknown = Reflect.get(target, name, receiver);
				return typeof method !== 'function'
					? method
					: (...args: readonly unknown[]) => {
							calls += 1;
							if (calls >= n) {
								throw new Error(`died at ${String(name)}`);
							}

							return method.apply(target, args);
						};
			},
		});
	};

const expectReachable = async (mirror: string, oids: ReadonlySet<string>): Promise<void> => {
	await git(mirror, 'reflog', 'expire', '--expire=now', '--all');
	await git(mirror, 'gc', '--quiet', '--prune=now');
	const listing = await git(mirror, 'rev-list', '--objects', '--all');
	const reachable = new Set(listing.split('\n').map((line) => line.split(' ')[0]));
	expect([...oids].filter((oid) => !reachable.has(oid))).toEqual([]);
};

describe('whatever upstream does, and wherever a run dies', () => {
	it.each(Array.from({length: seeds}, (_, index) => [index + 1]))(
		'every tip that was ever saved is reachable, and the next run is whole: seed %i',
		async (seed) => {
			const random = createRandom(seed);
			const {path} = await acme.add('api');
			const mirror = acme.mirror('api');
			const saved = new Set<string>();
			const remember = async (): Promise<void> => {
				if (existsSync(mirror)) {
					for (const oid of (await readRefs(mirror)).values()) {
						saved.add(oid);
					}
				}
			};

			for (let round = 0; round < 3; round += 1) {
				for (let change = random(4); change >= 0; change -= 1) {
					await changeUpstream(path, random);
				}

				await acme.run({wrapGit: dieAt(1 + random(16))});
				await remember();
				await changeUpstream(path, random);
			}

			const {exitCode} = await acme.run();
			expect(exitCode).toBe(exitCodes.done);
			expect(await readRefs(mirror)).toEqual(await readRefs(path));
			await remember();
			await expectReachable(mirror, saved);
			expect((await acme.run()).reports[0]).toMatchObject({unchanged: 1});
		},
	);
});
