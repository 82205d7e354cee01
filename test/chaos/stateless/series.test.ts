import {expect, it, onTestFinished} from 'vitest';
import {exitCodes} from '../../../source/domain/failure/exit-code.ts';
import {createRandom, pick} from '../../helpers/random.ts';
import {createLivingWorkspace} from '../change-workspace.ts';
import {type Night, nights} from './nights.ts';
import {expectAllBack, expectUntouched, readStates} from './saved-states.ts';
import {openScene, runEngine} from './scene.ts';

/** `npm run nights -- 7 100`: the first seed and the number of series. Among all tests a short one. */
const {NIGHTS_SEED: first = '1', NIGHTS_SERIES: asked} = process.env;
const seeds = Array.from({length: Number(asked ?? 1)}, (_, index) => Number(first) + index);

const length = asked === undefined ? 2 : 12;

const say = (text: string): void => {
	if (asked !== undefined) {
		process.stdout.write(`${text}\n`);
	}
};

const planNights = (seed: number): readonly Night[] => {
	const random = createRandom(seed);
	return Array.from({length}, (_, index) =>
		asked === undefined ? (nights[index] ?? pick(random, nights)) : pick(random, nights),
	);
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
		for (const [index, {name, ends, isRestless, passesWikis, strike}] of planNights(
			seed,
		).entries()) {
			const random = createRandom(seed * 100_003 + index);
			for (let change = 1 + random(4); change > 0; change -= 1) {
				await workspace.change(random);
			}

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

		expect(await runEngine(scene)).toBe(exitCodes.done);
		expectUntouched(scene);
		await expectAllBack(scene, saved);
		say(`series ${seed}: ${saved.size} states`);
	},
);
