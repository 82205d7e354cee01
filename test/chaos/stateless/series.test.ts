import {expect, it, onTestFinished} from 'vitest';
import {exitCodes} from '../../../source/domain/failure/exit-code.ts';
import {day} from '../../../source/domain/text/format.ts';
import {deeds} from '../../engine/metadata/living.ts';
import {createRandom, pick, type Random} from '../../helpers/random.ts';
import {expectEach} from '../../helpers/seeds.ts';
import {createLivingWorkspace, type LivingWorkspace} from '../change-workspace.ts';
import {metadataNights, type Night, nights} from './nights.ts';
import {expectAllBack, expectUntouched, readStates} from './saved-states.ts';
import {openScene, runEngine, type Scene} from './scene.ts';

/** `npm run nights -- 7 100`: the first seed and the number of series. Among all tests a short one. */
const {NIGHTS_SEED: first = '1', NIGHTS_SERIES: asked} = process.env;
const seeds = Array.from({length: Number(asked ?? 1)}, (_, index) => Number(first) + index);

const length = asked === undefined ? 2 : 12;

const say = (text: string): void => {
	if (asked !== undefined) {
		process.stdout.write(`${text}\n`);
	}
};

/** Series after which everything that can happen has happened. */
const isEnough = seeds.length >= 20;
const met = expectEach(
	[...nights, ...metadataNights].map(({name}) => name),
	isEnough,
);
const done = expectEach(deeds, isEnough);

const planNights = (seed: number, {people}: Scene): readonly Night[] => {
	const random = createRandom(seed);
	const own = people === undefined ? [] : Array.from({length: 3}, () => metadataNights).flat();
	const drawn = [...nights, ...own];
	return Array.from({length}, (_, index) =>
		asked === undefined ? (nights[index] ?? pick(random, drawn)) : pick(random, drawn),
	);
};

const changeAll = async (
	{people, artists}: Scene,
	workspace: LivingWorkspace,
	random: Random,
): Promise<void> => {
	for (let change = 1 + random(4); change > 0; change -= 1) {
		await workspace.change(random);
		const deed = people?.act(random);
		if (deed !== undefined) {
			done(deed);
		}

		await artists?.act(random);
	}
};

it.each(seeds)(
	'without a folder, whatever befalls runs, upstream and the store, no night that counted is lost: series %i',
	{timeout: 900_000},
	async (seed) => {
		const scene = await openScene(seed, createRandom(seed * 7));
		const workspace = createLivingWorkspace(scene.sandbox);
		const saved = new Set<string>();
		const told: string[] = [];
		onTestFinished(({task}) => {
			if (task.result?.state === 'fail') {
				say(`Again: npm run nights -- ${seed} 1\n${told.join('\n')}`);
			}
		});
		let latest = 0;
		for (const [index, {name, ends, isRestless, passesWikis, strike}] of planNights(
			seed,
			scene,
		).entries()) {
			met(name);
			const random = createRandom(seed * 100_003 + index);
			await changeAll(scene, workspace, random);
			latest = Math.max(latest, scene.clock.now());
			const states = await readStates(scene, passesWikis);
			const each = await strike(scene, random);
			told.push(`${index + 1} ${name}: ${each.join(', ')}`);
			expect(ends, `night ${index + 1}, ${name}`).toEqual(expect.arrayContaining([...each]));
			expectUntouched(scene);
			if (each.every((end) => end === exitCodes.done)) {
				workspace.wasSeen();
				for (const state of isRestless ? [] : states) {
					saved.add(state);
				}
			}
		}

		for (const state of await readStates(scene)) {
			saved.add(state);
		}

		// A list of downloads is asked for once a week.
		scene.clock.jump(Math.max(0, latest - scene.clock.now()) + 8 * day);
		expect(await runEngine(scene)).toBe(exitCodes.done);
		expectUntouched(scene);
		await expectAllBack(scene, saved);
		say(`series ${seed}: ${saved.size} states`);
	},
);
