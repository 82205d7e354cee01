import {existsSync, readdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {exitCodes} from '../../source/domain/failure/exit-code.ts';
import {Death, dyingWorld} from '../helpers/dying-world.ts';
import {speaksOld} from '../helpers/old-protocol.ts';
import {createRandom, type Random} from '../helpers/random.ts';
import {changeUpstream, upstreamChanges} from '../helpers/random-upstream.ts';
import {expectEach, seedsOf} from '../helpers/seeds.ts';
import {git, readOid, readRefs} from '../helpers/upstream.ts';
import {expectReachable, expectWhole} from '../helpers/whole-mirror.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

/** More calls than an update makes: some runs come through. */
const mostCalls = 32;

const readState = async (mirror: string): Promise<string> =>
	JSON.stringify([
		...(await readRefs(mirror, 'refs/')),
		readdirSync(join(mirror, 'objects'), {recursive: true}),
	]);

const deaths = ['while refs move', 'at another step', 'none'] as const;

/** Gives how the run died. */
const runAndDie = async (random: Random): Promise<(typeof deaths)[number]> => {
	const moment = random(2) === 0 ? 'moving refs' : 1 + random(mostCalls);
	try {
		await acme.run({wrapWorld: (world) => dyingWorld(world, moment, random)});
		return 'none';
	} catch (error) {
		expect(error).toBeInstanceOf(Death);
		return moment === 'moving refs' ? 'while refs move' : 'at another step';
	}
};

it('the mark of a run that died before it moved a ref is taken away by the next one, which records nothing new', async () => {
	await acme.addSaved('api');
	writeFileSync(join(acme.mirror('api'), 'cistern.dirty'), '');
	await git(acme.mirror('api'), 'pack-refs', '--all');
	const history = await readOid(acme.mirror('api'), 'refs/cistern/history');

	expect((await acme.run()).exitCode).toBe(exitCodes.done);
	expect(await readOid(acme.mirror('api'), 'refs/cistern/history')).toBe(history);
	expect(existsSync(join(acme.mirror('api'), 'cistern.dirty'))).toBe(false);
});

describe('whatever upstream does, and wherever a run dies', () => {
	const changed = expectEach(upstreamChanges);
	const died = expectEach(deaths);

	it.each(seedsOf([2, 7, 8]))(
		'every tip that was ever saved is found by its hash, and the next run is whole: seed %i',
		async (seed) => {
			const random = createRandom(seed);
			// Every other time git makes the transfers by itself.
			acme.sandbox.speakOldProtocol(speaksOld(seed % 2 === 0));
			const isSaved = random(4) > 0;
			const {path} = isSaved ? (await acme.addSaved('api'))[0] : await acme.add('api');
			const mirror = acme.mirror('api');
			const saved = new Set<string>();
			let checked = '';
			const checkSaved = async (): Promise<void> => {
				// Where neither refs nor objects are others than before, all is reached as before.
				const state = existsSync(mirror) ? await readState(mirror) : checked;
				if (state !== checked) {
					checked = state;
					await expectReachable(mirror, saved);
					for (const oid of (await readRefs(mirror)).values()) {
						saved.add(oid);
					}
				}
			};

			await checkSaved();
			for (let round = 0; round < 3; round += 1) {
				for (let change = random(3); change >= 0; change -= 1) {
					changed(await changeUpstream(path, random));
				}

				died(await runAndDie(random));
				await checkSaved();
			}

			await changeUpstream(path, random);
			expect((await acme.run()).exitCode).toBe(exitCodes.done);
			await expectWhole(path, mirror, saved);
		},
	);
});
