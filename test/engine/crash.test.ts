import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {exitCodes} from '../../source/domain/failure/exit-code.ts';
import {formatRefs} from '../../source/domain/history/history.ts';
import {Death, dyingWorld} from '../helpers/dying-world.ts';
import {createRandom, type Random} from '../helpers/random.ts';
import {changeUpstream} from '../helpers/random-upstream.ts';
import {git, readRefs} from '../helpers/upstream.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

/** `npm run crash -- 500` tries more. */
const seeds = Number(process.env['CRASH_SEEDS'] ?? 20);

/** More calls than an update makes: some runs come through. */
const mostCalls = 32;

const runAndDie = async (random: Random): Promise<void> => {
	const moment = random(2) === 0 ? 'moving refs' : 1 + random(mostCalls);
	await acme
		.run({wrapWorld: (world) => dyingWorld(world, moment, random)})
		.catch((error: unknown) => {
			expect(error).toBeInstanceOf(Death);
		});
};

/** Everything that any ref of the mirror reaches, Cistern's included. */
const readReachable = async (mirror: string): Promise<ReadonlySet<string>> => {
	const listing = await git(mirror, 'rev-list', '--objects', '--all');
	return new Set(listing.split('\n').map((line) => line.split(' ')[0] ?? ''));
};

const expectReachable = async (mirror: string, oids: ReadonlySet<string>): Promise<void> => {
	const reachable = await readReachable(mirror);
	expect([...oids].filter((oid) => !reachable.has(oid))).toEqual([]);
};

/** Every state in the mirror's own history, the newest first. */
const readStates = async (mirror: string): Promise<readonly string[]> => {
	const entries = await git(mirror, 'rev-list', 'refs/cistern/history');
	const oids = entries.trim().split('\n');
	return Promise.all(oids.map((oid) => git(mirror, 'cat-file', 'blob', `${oid}:refs`)));
};

const oidsOf = (states: readonly string[]): ReadonlySet<string> =>
	new Set(states.join('').match(/^[0-9a-f]{40}(?= )/gm));

/** The mirror is upstream as it is now, is at rest, and holds all that it ever held. */
const expectWhole = async (
	path: string,
	mirror: string,
	saved: ReadonlySet<string>,
): Promise<void> => {
	const refs = await readRefs(path);
	expect(await readRefs(mirror)).toEqual(refs);
	await git(mirror, 'reflog', 'expire', '--expire=now', '--all');
	await git(mirror, 'gc', '--quiet', '--prune=now');
	await expectReachable(mirror, saved);
	const states = await readStates(mirror);
	await expectReachable(mirror, oidsOf(states));
	const head = /^ref: (.*)\n$/.exec(readFileSync(join(mirror, 'HEAD'), 'utf8'))?.[1];
	expect(states[0]).toBe(formatRefs(head, refs));
	expect((await readRefs(mirror, 'refs/cistern/pin/')).size).toBe(0);
	expect(existsSync(join(mirror, 'cistern.dirty'))).toBe(false);
};

describe('whatever upstream does, and wherever a run dies', () => {
	it.each(Array.from({length: seeds}, (_, index) => [index + 1]))(
		'every tip that was ever saved is found by its hash, and the next run is whole: seed %i',
		async (seed) => {
			const random = createRandom(seed);
			const {path} = await acme.add('api');
			const mirror = acme.mirror('api');
			const saved = new Set<string>();
			const checkSaved = async (): Promise<void> => {
				if (existsSync(mirror)) {
					await expectReachable(mirror, saved);
					for (const oid of (await readRefs(mirror)).values()) {
						saved.add(oid);
					}
				}
			};

			if (random(4) > 0) {
				await acme.run();
				await checkSaved();
			}

			for (let round = 0; round < 3; round += 1) {
				for (let change = random(3); change >= 0; change -= 1) {
					await changeUpstream(path, random);
				}

				await runAndDie(random);
				await checkSaved();
			}

			await changeUpstream(path, random);
			expect((await acme.run()).exitCode).toBe(exitCodes.done);
			await expectWhole(path, mirror, saved);
		},
	);
});
