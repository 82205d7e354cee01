import {expect, it} from 'vitest';
import {exitCodes} from '../../../source/domain/failure/exit-code.ts';
import {day} from '../../../source/domain/text/format.ts';
import {createRandom, type Random} from '../../helpers/random.ts';
import {seedsOf} from '../../helpers/seeds.ts';
import {git} from '../../helpers/upstream.ts';
import {changeSomething, type Living, openLiving, readSavedFiles} from './living.ts';
import {createChange, expectContents, expectSaved} from './properties.ts';

const change = createChange();

/** Each way of Bitbucket that is not known is tried either way. */
const chooseUnknowns = ({sandbox}: Living, random: Random): void => {
	const {unknowns} = sandbox.metadata;
	for (const name of [
		'approvalsMove',
		'tasksMove',
		'resolutionsMove',
		'destinationMoves',
		'countsTombstones',
		'feedsTombstones',
	] as const) {
		unknowns[name] = random(2) === 0;
	}
};

/** Now and then something changes while the backup asks. */
const changeMeanwhile = (living: Living, random: Random, texts: string[]): {remove(): void} =>
	living.sandbox.addFault({
		match: {path: /\/pullrequests/},
		answer: {
			kind: 'meanwhile',
			run: () => {
				if (random(4) === 0) {
					changeSomething(living, random, texts);
				}
			},
		},
	});

/** Tasks may change without a sign, so they are compared once their pull request was closed. */
const closeAll = ({sandbox, repositories, people}: Living): void => {
	const {pullRequests} = sandbox.metadata;
	const [by] = people;
	for (const pull of repositories.flatMap((one) => [...pullRequests.list(one)])) {
		if (pull.state === 'OPEN' && by !== undefined) {
			pullRequests.close(pull, 'MERGED', {by});
		}
	}
};

/** All that the history of a repository ever held. */
const readEverything = async (living: Living): Promise<string> => {
	const logs = living.repositories.map((one) =>
		git(living.mirror(one), 'log', '-p', '--format=', 'main'),
	);
	return (await Promise.all(logs)).join('');
};

const wordsIn = async (living: Living): Promise<readonly string[]> => {
	const words: string[] = [];
	for (const repository of living.repositories) {
		for (const [, text] of await readSavedFiles(living.mirror(repository), living.clock)) {
			words.push(...(text.match(/words-\d+-\d+\./g) ?? []));
		}
	}

	return words;
};

it.each(seedsOf([1, 2, 3]))(
	'metadata comes to be as upstream has it, and forgets no word, with seed %i',
	async (seed) => {
		const random = createRandom(seed);
		const living = await openLiving(['api']);
		chooseUnknowns(living, random);
		const texts: string[] = [];
		const seen = new Set<string>();
		change(living, random, texts, 20);
		for (let round = 0; round < 2; round += 1) {
			const fault = changeMeanwhile(living, random, texts);
			expect((await living.run()).exitCode).toBe(exitCodes.done);
			fault.remove();
			for (const word of await wordsIn(living)) {
				seen.add(word);
			}

			change(living, random, texts, 10);
			living.clock.advance(random(2 * day));
		}

		closeAll(living);
		expect((await living.run()).exitCode).toBe(exitCodes.done);
		living.clock.advance(91 * day);
		expect((await living.run()).exitCode).toBe(exitCodes.done);
		await expectSaved(living);
		await expectContents(living);
		const everything = await readEverything(living);
		expect([...seen].filter((word) => !everything.includes(word))).toEqual([]);
	},
);
