import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {exitCodes} from '../../../source/domain/failure/exit-code.ts';
import {contentPath, type Download} from '../../../source/domain/metadata/downloads.ts';
import {formatJson} from '../../../source/domain/metadata/normalise.ts';
import {parseList} from '../../../source/engine/metadata/draft.ts';
import {Death, dyingWorld, type Moment} from '../../helpers/dying-world.ts';
import {readSaved} from '../../helpers/metadata.ts';
import {createRandom, type Random} from '../../helpers/random.ts';
import {git} from '../../helpers/upstream.ts';
import {changeSomething, type Living, openLiving, readSavedFiles} from './living.ts';

/** `npm run metadata -- 200` tries more. */
const seeds = Array.from(
	{length: Number(process.env['METADATA_SEEDS'] ?? 20)},
	(_, index) => index + 1,
);

const day = 24 * 60 * 60_000;

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

/** Every change shows in a date, so nothing but a mistake of ours can hide one. */
const moveAlways = ({sandbox}: Living): void => {
	const {unknowns} = sandbox.metadata;
	unknowns.approvalsMove = true;
	unknowns.tasksMove = true;
	unknowns.resolutionsMove = true;
	// What the feed tells too could hide that a list was not read.
	unknowns.feedsTombstones = false;
};

/** The n-th call of git or of the file system once the reading of metadata has begun. */
const afterReading = (count: number): Moment => {
	let calls = 0;
	return (name) => {
		calls += calls > 0 || name === 'readMetadataTip' || name === 'importFiles' ? 1 : 0;
		return calls >= count;
	};
};

const change = (living: Living, random: Random, texts: string[], count: number): void => {
	for (let index = 0; index < count; index += 1) {
		living.clock.advance(random(60_000));
		changeSomething(living, random, texts);
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

const expectSaved = async (
	living: Living,
	isCompared: (path: string) => boolean = () => true,
): Promise<void> => {
	for (const repository of living.repositories) {
		const saved = await readSavedFiles(living.mirror(repository), living.clock);
		const truth = await living.readTruth(repository);
		const compared = [...truth].filter(([path]) => isCompared(path));
		expect(Object.fromEntries([...saved].filter(([path]) => isCompared(path)))).toEqual(
			Object.fromEntries(compared.flatMap(([path, text]) => knowable(path, text, saved.get(path)))),
		);
	}
};

/** A comment that was deleted before it was ever seen may stay unknown: its words are gone anyway. */
const knowable = (
	path: string,
	text: string,
	saved: string | undefined,
): readonly (readonly [string, string])[] => {
	if (!path.endsWith('/comments.json')) {
		return [[path, text]];
	}

	const known = new Set(parseList(saved).map(({id}) => id));
	const list = parseList(text).filter(({id, deleted}) => deleted !== true || known.has(id));
	return list.length === 0 ? [] : [[path, formatJson(list)]];
};

/** Every download is here, and every pull request whose commits no branch has got a patch. */
const expectContents = async (living: Living): Promise<void> => {
	const {downloads, pullRequests} = living.sandbox.metadata;
	for (const repository of living.repositories) {
		const mirror = living.mirror(repository);
		const listed = (readSaved(mirror, 'downloads.json') ?? []) as readonly Download[];
		expect(listed.map(({name}) => name).toSorted()).toEqual(
			downloads
				.list(repository)
				.map(({name}) => name)
				.toSorted(),
		);
		for (const {name, content} of downloads.list(repository)) {
			const {sha256 = ''} = listed.find((one) => one.name === name) ?? {};
			expect(readFileSync(join(mirror, '..', contentPath(sha256)))).toEqual(content);
		}

		const tree = await git(mirror, 'ls-tree', '-r', '--name-only', 'main');
		for (const {id, commits} of pullRequests.list(repository)) {
			const isLost = commits[0]?.startsWith('eeee') === true;
			expect(tree.includes(`/${id}/patch\n`)).toBe(isLost);
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

describe.each(seeds)('metadata with seed %i', (seed) => {
	it('comes to be as upstream has it, and forgets no word', async () => {
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
	});

	it('is the same after runs that were killed, that failed, and that had a few requests', async () => {
		const random = createRandom(seed);
		const living = await openLiving(['api']);
		moveAlways(living);
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
	});
});
