import {describe, expect, it} from 'vitest';
import {exitCodes} from '../../../source/domain/failure/exit-code.ts';
import {FailureError} from '../../../source/domain/failure/failure.ts';
import type {BackupEvent} from '../../../source/domain/run/events.ts';
import type {World} from '../../../source/ports/world.ts';
import type {RunResult} from '../../helpers/backup.ts';
import {readRefs} from '../../helpers/upstream.ts';
import {setUpWorkspace} from '../../helpers/workspace.ts';

const acme = setUpWorkspace();

/** Milliseconds in place of those that a run bears silence for. */
const impatient =
	(hasty: number, patient?: number) =>
	(world: World): World => ({
		...world,
		connect: (source, run) => {
			const {bitbucket, git} = world.connect(source, run);
			return {
				git,
				bitbucket: {
					...bitbucket,
					readAdvertisement: (url, signal, maxSilence) =>
						bitbucket.readAdvertisement(url, signal, maxSilence === undefined ? patient : hasty),
				},
			};
		},
	});

const freeSpace =
	(free: number) =>
	(world: World): World => ({
		...world,
		files: {...world.files, readFreeSpace: async () => free},
	});

/** The types and repositories of these events, in order. */
const told = ({events}: RunResult, ...types: readonly BackupEvent['type'][]): readonly string[] =>
	events.flatMap((event) =>
		types.includes(event.type)
			? ['repository' in event ? `${event.type} ${event.repository}` : event.type]
			: [],
	);

describe('a repository that keeps silent', () => {
	it('is named and put aside, and saved when the others are', async () => {
		const {path} = await acme.add('a-silent');
		await acme.add('b');
		await acme.add('c');
		acme.sandbox.addFault({
			match: {repository: 'acme/a-silent', service: 'git'},
			times: 1,
			answer: {kind: 'silence'},
		});

		const result = await acme.run({wrapWorld: impatient(1000), run: {concurrency: 1}});

		expect(told(result, 'repository-put-aside', 'plan-made', 'repository-finished')).toEqual([
			'repository-put-aside acme/a-silent',
			'plan-made',
			'repository-finished acme/b',
			'repository-finished acme/c',
			'repository-finished acme/a-silent',
		]);
		expect(result.events).toContainEqual(
			expect.objectContaining({
				type: 'plan-made',
				inScope: 3,
				counts: expect.objectContaining({new: 2, later: 1}),
			}),
		);
		expect(result.exitCode).toBe(exitCodes.done);
		expect(await readRefs(acme.mirror('a-silent'))).toEqual(await readRefs(path));
	});

	it('and never answers, fails by its name: exit 3', async () => {
		await acme.addSaved('a-silent', 'b');
		acme.sandbox.addFault({
			match: {repository: 'acme/a-silent', service: 'git'},
			answer: {kind: 'silence'},
		});

		const {exitCode, outcomes} = await acme.run({wrapWorld: impatient(500, 500)});

		expect(exitCode).toBe(exitCodes.incomplete);
		expect(outcomes.get('acme/b')).toMatchObject({result: 'unchanged'});
		expect(outcomes.get('acme/a-silent')).toMatchObject({
			result: 'failed',
			failure: {kind: 'network', problem: 'timeout'},
			attempts: 4,
		});
	});

	it('is unchanged if it is found so at the end, and its folder follows a new name', async () => {
		const [repository] = await acme.addSaved('a-silent', 'b');
		acme.sandbox.renameRepository(repository, 'renamed');
		acme.sandbox.addFault({
			match: {repository: 'acme/renamed', service: 'git'},
			times: 1,
			answer: {kind: 'silence'},
		});

		const {exitCode} = await acme.run({wrapWorld: impatient(500)});

		expect(exitCode).toBe(exitCodes.done);
		expect(await readRefs(acme.mirror('renamed'))).toEqual(await readRefs(repository.path));
	});
});

describe('a repository that fails for now', () => {
	it('costs the others no wait, whether its look fails or its transfer', async () => {
		for (const slug of ['a', 'b', 'c']) {
			await acme.add(slug);
		}
		const answer = {kind: 'answer', status: 503, body: 'oops'} as const;
		acme.sandbox.addFault({match: {repository: 'acme/a', service: 'git'}, times: 2, answer});
		acme.sandbox.addFault({match: {repository: 'acme/b', method: 'POST'}, times: 1, answer});
		let waits: number | undefined;

		const result = await acme.run({
			run: {concurrency: 1},
			onEvent: (event) => {
				if (event.type === 'repository-finished' && event.repository === 'acme/c') {
					waits = acme.clock.waits.length;
				}
			},
		});

		expect(waits).toBe(0);
		expect(told(result, 'repository-put-aside', 'repository-finished')).toEqual([
			'repository-put-aside acme/a',
			'repository-put-aside acme/b',
			'repository-finished acme/c',
			'repository-finished acme/a',
			'repository-finished acme/b',
		]);
		expect(result.exitCode).toBe(exitCodes.done);
	});
});

describe('a disk that may be too small for what is to come', () => {
	it('gets the smallest first, no more at once than fit together', async () => {
		const sizes = new Map([
			['a', 60],
			['b', 50],
			['c', 30],
			['d', 40],
		]);
		for (const [slug, size] of sizes) {
			await acme.add(slug, {size});
		}

		const result = await acme.run({wrapWorld: freeSpace(100)});

		const running = new Set<string>();
		let most = 0;
		for (const event of result.events) {
			if (event.type === 'repository-started') {
				running.add(event.repository.slice(5));
				most = Math.max(
					most,
					[...running].reduce((sum, slug) => sum + (sizes.get(slug) ?? 0), 0),
				);
			} else if (event.type === 'repository-finished') {
				running.delete(event.repository.slice(5));
			}
		}
		expect(most).toBeLessThanOrEqual(100);
		expect(told(result, 'repository-started')).toEqual(
			['c', 'd', 'b', 'a'].map((slug) => `repository-started acme/${slug}`),
		);
		expect(told(result, 'noticed')).toHaveLength(1);
		expect(result.exitCode).toBe(exitCodes.done);
	});
});

describe('a disk that becomes full', () => {
	const fullFor =
		(slug: string, free?: number) =>
		(world: World): World => ({
			...world,
			files: {
				...world.files,
				...(free === undefined ? {} : {readFreeSpace: async () => free}),
				writeText: async (path, text) => {
					if (path.endsWith(`acme#${slug}/cistern.json`)) {
						throw new FailureError({kind: 'disk-full', path});
					}

					await world.files.writeText(path, text);
				},
			},
		});

	it('names with 1 the repository that did not fit, and the others are saved', async () => {
		for (const slug of ['a', 'b', 'c']) {
			await acme.add(slug);
		}

		const {exitCode, outcomes} = await acme.run({
			run: {concurrency: 1},
			wrapWorld: fullFor('b'),
		});

		expect(exitCode).toBe(exitCodes.failed);
		expect(outcomes.get('acme/b')).toMatchObject({
			result: 'failed',
			failure: {kind: 'no-room', path: acme.path('acme#b')},
		});
		expect(outcomes.get('acme/a')).toMatchObject({result: 'saved'});
		expect(outcomes.get('acme/c')).toMatchObject({result: 'saved'});
		expect((await acme.run()).exitCode).toBe(exitCodes.done);
	});

	it('ends the source with 1 if nothing else would fit, and leaves the rest for next time', async () => {
		for (const slug of ['a', 'b', 'c']) {
			await acme.add(slug);
		}

		const {exitCode, outcomes, reports} = await acme.run({
			run: {concurrency: 1},
			wrapWorld: fullFor('b', 1000),
		});

		expect(exitCode).toBe(exitCodes.failed);
		expect(reports[0]?.problem).toEqual({kind: 'disk-full', path: acme.path()});
		expect(outcomes.get('acme/a')).toMatchObject({result: 'saved'});
		expect(outcomes.get('acme/c')).toMatchObject({result: 'left-out'});
		expect((await acme.run()).exitCode).toBe(exitCodes.done);
	});
});
