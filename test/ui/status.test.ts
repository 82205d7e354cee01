import {describe, expect, it} from 'vitest';
import type {RepositoryStatus} from '../../source/domain/status/repository-status.ts';
import type {SourceStatus} from '../../source/domain/status/source-status.ts';
import {formatStatus, formatStatusJson, type StatusOptions} from '../../source/ui/status.ts';
import {marksFor, styleFor} from '../../source/ui/text/style.ts';
import {compileSchema} from '../helpers/event-schema.ts';
import {gap} from '../helpers/run-events.ts';

const now = new Date(2026, 10, 23, 14).getTime();
const ago = (hours: number): string => new Date(now - hours * 3_600_000).toISOString();

const repository = (name: string, changes: Partial<RepositoryStatus> = {}): RepositoryStatus => ({
	repository: `acme/${name}`,
	folder: `acme#${name}`,
	state: 'saved',
	lastGood: ago(2),
	changedAt: ago(30),
	size: 330_000_000,
	refs: 48,
	keptTips: 0,
	notes: [],
	gaps: [],
	ages: [],
	unread: [],
	json: {hasWiki: false, usesLfs: false},
	goneSince: undefined,
	losses: [],
	problem: undefined,
	...changes,
});

const acme: SourceStatus = {
	source: 'acme',
	folder: '/srv/backup/acme',
	lastComplete: ago(2),
	lastRun: {at: ago(2), exitCode: 0, complete: true},
	missing: [],
	size: 4_100_000_000,
	repositories: [
		repository('legacy-billing', {
			state: 'failed',
			lastGood: ago(49),
			size: 21_000_000,
			refs: 12,
			problem: 'the server answered 500',
		}),
		repository('api'),
		repository('web', {keptTips: 2, size: 140_000_000, refs: 31}),
		repository('old-site', {
			state: 'gone',
			goneSince: new Date(2026, 10, 3, 2).toISOString(),
			lastGood: new Date(2026, 10, 2, 2).toISOString(),
		}),
	],
};

const show = (
	status: Partial<SourceStatus> = {},
	options: Partial<StatusOptions> = {},
): readonly string[] =>
	formatStatus([{...acme, ...status}], {
		columns: 100,
		now,
		maxAge: undefined,
		verbose: false,
		marks: marksFor({hasUnicode: true}),
		paint: styleFor({hasColour: false}),
		...options,
	}).split('\n');

describe('the status', () => {
	it('tells the age of settings, of each repository and the oldest, and what was not read', () => {
		const reason = 'the token lacks the scope admin:repository:bitbucket';
		const withSettings = (name: string, hours: number): RepositoryStatus =>
			repository(name, {
				ages: [{what: 'settings', at: ago(hours)}],
				unread: ['deploy keys', 'pipelines'].map((what) => ({what, reason})),
			});
		const text = show({
			repositories: [withSettings('api', 30), withSettings('web', 3)],
			workspace: {
				size: 1000,
				ages: [{what: 'settings', at: ago(60)}],
				unread: [],
				gaps: [],
				notes: ['2 snippets (4 files, 56 kB)'],
				json: {},
			},
		}).join('\n');
		expect(text).toContain('settings 30 h ago');
		expect(text).toContain(
			'  the workspace: 2 snippets (4 files, 56 kB); oldest settings 2 days ago',
		);
		expect(text.replaceAll(/\s+/g, ' ')).toContain(`Not read: deploy keys, pipelines (${reason})`);
	});

	it('shows age, size, kept tips and failures of each repository, in columns', () => {
		expect(show()).toEqual([
			'  acme   /srv/backup/acme   4.1 GB   last complete backup 2 h ago',
			'',
			'  legacy-billing  ✖ 2 days ago   21.0 MB   12 refs   the server answered 500',
			'  api               2 h ago       330 MB   48 refs',
			'  web               2 h ago       140 MB   31 refs   2 old tips kept',
			'  old-site          gone from Bitbucket since 3 Nov; kept as of 2 Nov',
			'',
			'',
		]);
	});

	it('says when the backup was last verified and rehearsed', () => {
		const lastVerified = {at: ago(144), repositories: 315, whole: 315, damaged: 0, exitCode: 0};
		const lastRehearsed = {at: ago(2), repositories: 315, rehearsed: 5, equal: 5};
		expect(show({lastVerified})[1]).toBe('  last verified 6 days ago');
		expect(show({lastVerified, lastRehearsed})[1]).toBe(
			'  last verified 6 days ago; 5 of 315 rehearsed 2 h ago',
		);
	});

	it('names a repository that is gone by its folder if another has its name', () => {
		const old = repository('api', {
			state: 'gone',
			folder: 'acme#api~1f2e3d4c',
			goneSince: '2026-11-03T02:00:00Z',
		});
		const text = show({repositories: [repository('api'), old]}).join('\n');
		expect(text).toMatch(/^ {2}api +2 h ago/m);
		expect(text).toMatch(/^ {2}api~1f2e3d4c +gone from Bitbucket/m);
	});

	it.each([48, 60, 80])('fits into %d columns, numbers in line and names whole', (columns) => {
		const long = 'a-repository-with-a-name-of-fifty-two-characters-here';
		const lines = show(
			{
				folder: '/srv/backup/with/a/long/way/acme',
				repositories: [...acme.repositories, repository(long, {keptTips: 1})],
			},
			{columns},
		);
		const isName = (line: string): boolean => line.trim() === long;
		expect(lines.filter((line) => line.length >= columns && !isName(line))).toEqual([]);
		expect(lines.some((line) => line.includes(long))).toBe(true);
		const ages = lines.flatMap((line) => /2 h ago {3}/.exec(line)?.index ?? []);
		expect(new Set(ages).size).toBe(1);
		const inner = lines.slice(lines.indexOf('') + 1, -2);
		expect(inner).not.toContain('');
	});

	it('says at the end of a long list how many of its first rows need attention', () => {
		const many = Array.from({length: 1999}, (_, index) => repository(`r${index}`));
		const failed = repository('legacy-billing', {state: 'failed', problem: 'no answer'});
		expect(show({repositories: [failed, ...many]}).at(-3)).toBe(
			'  1 of 2,000 need attention: see the top of the list.',
		);
		expect(show({repositories: many}).join('\n')).not.toContain('attention');
	});

	it('reports problems of the source as a whole', () => {
		const problem = 'Bitbucket refused the sign-in to the API';
		const text = show(
			{
				lastRun: {at: ago(1), exitCode: 12, complete: false, problem},
				missing: ['acme/a', 'acme/b'],
			},
			{maxAge: 3_600_000},
		).join('\n');
		expect(text).toContain('✖ That is more than 1 h ago.');
		expect(text).toContain(`✖ The last run, 1 h ago, failed: ${problem}.`);
		expect(text).toContain('! 2 repositories were missing from the last listing');
	});

	it('says that there is no new copy elsewhere, and why', () => {
		const afterBackup = 'ended with exit code 4';
		const failed = {at: ago(3), reason: 'the store offsite is full'};
		const text = show({
			lastRun: {at: ago(1), exitCode: 3, complete: false, afterBackup},
			stores: [{store: 'offsite', sentAt: ago(25), failed, repositories: []}],
		}).join(' ');
		expect(text).toContain('✖ The command after the last backup, 1 h ago, ended with exit code 4');
		expect(text).toContain(
			'✖ Nothing could be sent to offsite, 3 h ago: the store offsite is full.',
		);
	});

	it('says that only LFS files are missing, unless something else is missing too', () => {
		const lastRun = {at: ago(1), exitCode: 3, complete: false} as const;
		const media = repository('media', {gaps: [gap]});
		const saved = {lastRun, lastComplete: undefined, repositories: [media, repository('api')]};
		const text = show(saved, {maxAge: 3_600_000}).join('\n');
		expect(text).toContain('✖ There is no complete backup of the last 1 h.');
		expect(text).toContain('! Everything is saved but the LFS files of acme/media, so no backup');

		const failed = repository('web', {state: 'failed', problem: 'no answer'});
		for (const other of [
			{...saved, repositories: [failed, media]},
			{...saved, lastRun: {at: ago(1), exitCode: 0, complete: false} as const},
		]) {
			expect(show(other).join('\n')).not.toContain('Everything is saved');
		}
	});

	it('gives the reason for each repository without a good copy', () => {
		const nothing = {lastGood: undefined, changedAt: undefined, size: 0, refs: 0} as const;
		const lines = show({
			repositories: [
				repository('huge', {...nothing, state: 'never-saved', problem: 'no answer came in time'}),
				repository('bad', {state: 'damaged', problem: 'an object is missing'}),
				repository('late', {state: 'left-out'}),
				repository('future', {...nothing, state: 'newer'}),
				repository('locked', {...nothing, state: 'unreadable'}),
				repository('foreign', {...nothing, state: 'unrecorded'}),
			],
		});
		expect(lines.slice(2, 8).map((line) => line.trim())).toEqual([
			'huge     ✖ not saved yet; no answer came in time',
			'bad      ✖ 2 h ago   330 MB   48 refs   damaged; an object is missing; the next backup repairs it',
			'late     ! 2 h ago   330 MB   48 refs   left out by the last run',
			'future   ! its record is from a newer Cistern: update this one',
			'locked   ! its record (cistern.json) cannot be read: check the disk and the owner of the file',
			'foreign  ! not saved by Cistern; the next backup takes it over if Bitbucket has it',
		]);
	});

	it('gives dates instead of ages when asked for more', () => {
		const text = show({}, {verbose: true}).join('\n');
		expect(text).toContain(`last complete backup ${ago(2)}`);
		expect(text).toContain(`✖ ${ago(49)}`);
	});

	it('has a sentence for an empty backup', () => {
		expect(show({repositories: [], lastComplete: undefined})).toContain('  Nothing is saved yet.');
	});

	it('lets no escape sequence through', () => {
		const evil = '\u001B[2J';
		const lines = show({
			source: evil,
			repositories: [repository(evil, {problem: evil, state: 'failed'})],
		});
		expect(lines.join('')).not.toContain('\u001B');
	});

	it('is a line of JSON a source, with every field', () => {
		const [line = '', end] = formatStatusJson([acme], {now, maxAge: 3_600_000}).split('\n');
		expect(end).toBe('');
		const {v, type, outdated, ...rest} = JSON.parse(line);
		expect({v, type, outdated}).toEqual({v: 1, type: 'status', outdated: true});
		const repositories = acme.repositories.map(
			({notes: _notes, gaps: _gaps, ages: _ages, unread: _unread, json, ...one}) => ({
				...one,
				...json,
			}),
		);
		expect(rest).toEqual(JSON.parse(JSON.stringify({...acme, repositories})));
	});

	it('fits the schema of the lines of JSON', async () => {
		const validate = await compileSchema();
		const isValid = validate(JSON.parse(formatStatusJson([acme], {now, maxAge: 3_600_000})));
		expect(isValid, JSON.stringify(validate.errors)).toBe(true);
	});
});
