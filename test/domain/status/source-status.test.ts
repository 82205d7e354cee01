import {describe, expect, it} from 'vitest';
import type {RepositoryRecord, SavedState} from '../../../source/domain/record/record.ts';
import type {RunLine} from '../../../source/domain/run/run-line.ts';
import {isOutdated, readStatus as readFrom} from '../../../source/domain/status/source-status.ts';
import {parts} from '../../../source/parts/registry.ts';

const source = {source: 'acme', folder: '/srv/backup/acme'};
const day = (number: number): string => `2026-11-${String(number).padStart(2, '0')}T02:00:00.000Z`;

const entry = {
	state: 'saved',
	refs: {digest: 'x', count: 12},
	changedAt: day(1),
	keptTips: 0,
	size: 1000,
} as const;

const record = (slug: string, changes: Partial<RepositoryRecord> = {}): RepositoryRecord => ({
	uuid: slug,
	workspace: 'acme',
	slug,
	isPrivate: true,
	formerNames: [],
	firstSavedAt: day(1),
	parts: {repo: entry},
	...changes,
});

const state = (
	records: readonly RepositoryRecord[],
	rest: Partial<SavedState> = {},
): SavedState => ({
	repositories: records.map((one) => ({folder: `acme#${one.slug}`, record: one})),
	unrecorded: [],
	mercurial: [],
	closed: [],
	copies: [],
	...rest,
});

const run = (number: number, changes: Partial<RunLine> = {}): RunLine => ({
	v: 1,
	run: `run-${number}`,
	at: day(number),
	duration: 1000,
	exitCode: 0,
	complete: true,
	partial: false,
	listed: true,
	inScope: 2,
	unchanged: 2,
	updated: 0,
	new: 0,
	failed: [],
	leftOut: [],
	missing: [],
	gone: [],
	...changes,
});

const failing = (number: number, slug: string, changes: Partial<RunLine> = {}): RunLine =>
	run(number, {
		exitCode: 3,
		complete: false,
		failed: [{repository: `acme/${slug}`, reason: 'the server answered 500'}],
		...changes,
	});

const readStatus = (
	place: typeof source,
	saved: SavedState,
	runs: readonly RunLine[],
): ReturnType<typeof readFrom> => readFrom(place, saved, runs, parts);

describe('the status of a source', () => {
	it('adds up the saved repositories and shows the last complete run', () => {
		const status = readStatus(source, state([record('api'), record('web')]), [run(2), run(3)]);
		expect(status).toMatchObject({lastComplete: day(3), size: 2000, missing: []});
		expect(status.repositories[0]).toMatchObject({
			repository: 'acme/api',
			state: 'saved',
			lastGood: day(3),
			refs: 12,
			keptTips: 0,
		});
	});

	it('shows the last failure with its reason and the age of the copy', () => {
		const {repositories, lastComplete} = readStatus(source, state([record('api'), record('web')]), [
			run(2),
			failing(3, 'web'),
			failing(4, 'web'),
		]);
		expect(lastComplete).toBe(day(2));
		expect(repositories[0]).toMatchObject({
			repository: 'acme/web',
			state: 'failed',
			problem: 'the server answered 500',
			lastGood: day(2),
		});
		expect(repositories[1]).toMatchObject({repository: 'acme/api', lastGood: day(4)});
	});

	it('does not take a run of some repositories as proof for the others', () => {
		const part = run(4, {partial: true, complete: false});
		const status = readStatus(source, state([record('web')]), [run(2), failing(3, 'web'), part]);
		expect(status.repositories[0]).toMatchObject({state: 'failed', lastGood: day(2)});
	});

	it('counts a repository as saved when a run of some repositories saved it since', () => {
		const later = record('web');
		const saved = {...later, parts: {repo: {...entry, changedAt: day(4)}}};
		const part = run(4, {partial: true, complete: false});
		const status = readStatus(source, state([saved]), [failing(3, 'web'), part]);
		expect(status.repositories[0]).toMatchObject({state: 'saved', lastGood: day(4)});
	});

	it('shows the failure of a run that saved a part of the repository', () => {
		const changedAt = new Date(Date.parse(day(3)) + 500).toISOString();
		const part = record('web', {parts: {repo: {...entry, changedAt, isPartial: true}}});
		const status = readStatus(source, state([part]), [run(2), failing(3, 'web')]);
		expect(status.repositories[0]).toMatchObject({
			state: 'failed',
			problem: 'the server answered 500',
			lastGood: day(2),
		});
	});

	it('does not take a run whose listing failed as proof', () => {
		const blind = run(3, {listed: false, complete: false, problem: 'no answer came in time'});
		const status = readStatus(source, state([record('api')]), [run(2), blind]);
		expect(status.repositories[0]?.lastGood).toBe(day(2));
		expect(status.lastRun?.problem).toBe('no answer came in time');
	});

	it('dates a repository that the settings leave out by the last run that looked at it', () => {
		const scope = {includeRepos: [], ignoreRepos: ['web']};
		const runs = [run(2), run(3, {scope}), run(4, {scope})];
		const {repositories} = readStatus(source, state([record('api'), record('web')]), runs);
		expect(repositories).toEqual([
			expect.objectContaining({repository: 'acme/api', lastGood: day(4)}),
			expect.objectContaining({repository: 'acme/web', lastGood: day(2), outOfScope: true}),
		]);
		expect(repositories[0]).not.toHaveProperty('outOfScope');
	});

	it('does not mark a repository that a later run looked at again', () => {
		const scope = {includeRepos: ['api'], ignoreRepos: []};
		const runs = [run(3, {scope}), run(4), run(5, {scope, partial: true})];
		const [web] = readStatus(source, state([record('web')]), runs).repositories;
		expect(web).toMatchObject({lastGood: day(4)});
		expect(web).not.toHaveProperty('outOfScope');
	});

	it.each([['missing'], ['unseen']] as const)(
		'takes no run as proof in which it was %s',
		(field) => {
			const runs = [run(2), run(3, {[field]: ['acme/web']})];
			const [web] = readStatus(source, state([record('web')]), runs).repositories;
			expect(web?.lastGood).toBe(day(2));
		},
	);

	it('names repositories that were never saved, because they failed or were left out', () => {
		const runs = [failing(3, 'huge', {leftOut: ['acme/late']})];
		const {repositories} = readStatus(source, state([]), runs);
		expect(repositories).toMatchObject([
			{repository: 'acme/huge', state: 'never-saved', problem: 'the server answered 500'},
			{repository: 'acme/late', state: 'never-saved', problem: undefined},
		]);
	});

	it('shows when a gone repository was last saved', () => {
		const gone = record('old-site', {goneSince: day(4)});
		const {repositories} = readStatus(source, state([gone]), [run(2), run(3), run(4), run(5)]);
		expect(repositories[0]).toMatchObject({state: 'gone', goneSince: day(4), lastGood: day(3)});
	});

	it('counts a wiki with its repository', () => {
		const parts = {repo: entry, wiki: {...entry, size: 50, keptTips: 2}};
		const {repositories} = readStatus(source, state([record('api', {parts})]), []);
		expect(repositories[0]).toMatchObject({
			size: 1050,
			keptTips: 2,
			notes: ['with its wiki'],
			refs: 12,
		});
	});

	it('lists the most urgent first', () => {
		const {repositories} = readStatus(
			source,
			state(
				[
					record('fine'),
					record('also-fine'),
					record('old', {goneSince: day(1)}),
					record('bad', {parts: {repo: {...entry, damage: 'an object is missing'}}}),
					record('slow'),
				],
				{
					unrecorded: ['acme#foreign'],
					closed: [
						{
							folder: 'acme#future',
							uuid: undefined,
							failure: {kind: 'record-newer', path: 'acme#future'},
						},
						{
							folder: 'acme#locked',
							uuid: undefined,
							failure: {kind: 'record-unreadable', path: 'acme#locked', detail: ''},
						},
					],
				},
			),
			[
				run(2, {
					failed: ['slow', 'locked'].map((slug) => ({repository: `acme/${slug}`, reason: 'x'})),
				}),
			],
		);
		expect(repositories.map(({repository}) => repository)).toEqual([
			'acme/slow',
			'acme/bad',
			'acme#future',
			'acme#locked',
			'acme#foreign',
			'acme/also-fine',
			'acme/fine',
			'acme/old',
		]);
	});

	it('gives the same reason as a backup for a folder that is a link', () => {
		const link = {
			folder: 'acme#api',
			uuid: undefined,
			failure: {kind: 'repository-linked', path: '/srv/acme#api'},
		} as const;
		const {repositories} = readStatus(source, state([], {closed: [link]}), []);
		expect(repositories).toMatchObject([
			{repository: 'acme#api', state: 'unreadable', problem: expect.stringContaining('a link')},
		]);
	});

	it('is quick when no run ever succeeded', () => {
		const many = Array.from({length: 10_000}, (_, index) => record(`r${index}`));
		const leftOut = many.map(({slug}) => `acme/${slug}`);
		const runs = Array.from({length: 30}, (_, index) => run(index + 1, {leftOut}));
		expect(readStatus(source, state(many), runs).repositories[0]?.state).toBe('left-out');
	});
});

describe('a source', () => {
	const now = Date.parse(day(10));
	const hours = (count: number): number => count * 3_600_000;

	it('is outdated once its last complete backup is older than allowed', () => {
		const status = readStatus(source, state([]), [run(8), failing(9, 'web')]);
		expect(isOutdated(status, hours(48), now)).toBe(false);
		expect(isOutdated(status, hours(47), now)).toBe(true);
	});

	it('is outdated when its last complete backup has a date that far in the future', () => {
		const status = readStatus(source, state([]), [run(20)]);
		expect(isOutdated(status, hours(48), now)).toBe(true);
	});

	it('is outdated without a complete backup', () => {
		expect(isOutdated(readStatus(source, state([]), []), hours(1e6), now)).toBe(true);
	});
});
