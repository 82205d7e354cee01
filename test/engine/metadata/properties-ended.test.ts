import {expect, it} from 'vitest';
import {exitCodes} from '../../../source/domain/failure/exit-code.ts';
import {day} from '../../../source/domain/text/format.ts';
import {Death, dyingWorld, type Moment} from '../../helpers/dying-world.ts';
import {createRandom} from '../../helpers/random.ts';
import {seedsOf} from '../../helpers/seeds.ts';
import {moveAlways, openLiving} from './living.ts';
import {createChange, expectContents, expectSaved} from './properties.ts';

const change = createChange();

/** The n-th call of git or of the file system once the reading of metadata has begun. */
const afterReading = (count: number): Moment => {
	let calls = 0;
	return (name) => {
		calls += calls > 0 || name === 'readMetadataTip' || name === 'importFiles' ? 1 : 0;
		return calls >= count;
	};
};

it.each(seedsOf([1, 2, 3]))(
	'metadata is the same after runs that were killed, that failed, and that had a few requests, with seed %i',
	async (seed) => {
		const random = createRandom(seed);
		const living = await openLiving(['api']);
		moveAlways(living.sandbox);
		const texts: string[] = [];
		change(living, random, texts, 20);
		if (seed % 2 === 0) {
			expect((await living.run()).exitCode).toBe(exitCodes.done);
			change(living, random, texts, 10);
		}

		const at = 1 + random(20);
		await living
			.run({}, {wrapWorld: (world) => dyingWorld(world, afterReading(at), random)})
			.catch((error: unknown) => expect(error).toBeInstanceOf(Death));
		const fault = living.sandbox.addFault({
			match: {path: random(2) === 0 ? /\/comments/ : /\/(comments|activity|tasks)/},
			after: random(4),
			answer: {kind: 'answer', status: 500},
		});
		await living.run();
		fault.remove();
		// Settings are read once a week.
		living.clock.advance(8 * day);
		for (
			let exitCode: number = exitCodes.incomplete, runs = 0;
			exitCode !== exitCodes.done;
			runs += 1
		) {
			expect(runs).toBeLessThan(20);
			({exitCode} = await living.run(
				{requestsPerHour: '14'},
				{settings: {metadataTime: 10 * 60_000}},
			));
			living.clock.advance(2 * 60 * 60_000);
		}

		await expectSaved(living, (path) => !path.endsWith('/tasks.json'));
		// A list of downloads is asked for once a week, so later ones are yet to come.
		if (seed % 2 === 1) {
			await expectContents(living);
		}
	},
);
