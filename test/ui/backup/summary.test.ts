import {describe, expect, it} from 'vitest';
import type {Failure} from '../../../source/domain/failure/failure.ts';
import type {BackupEvent} from '../../../source/domain/run/events.ts';
import {formatSummary} from '../../../source/ui/backup/summary.ts';
import {marksFor, styleFor} from '../../../source/ui/text/style.ts';
import {
	failed,
	finished,
	foldAll,
	gap,
	gone,
	report,
	rewritten,
	runFinished,
	runStarted,
	saved,
	sourceFinished,
	sourceStarted,
} from '../../helpers/run-events.ts';

const now = Date.parse('2026-11-23T14:30:00Z');

const summarise = (
	events: readonly BackupEvent[],
	{columns = 100, onlyTrouble = false, mostNamed = 20} = {},
): readonly string[] => {
	const state = foldAll([runStarted(), sourceStarted, ...events], now);
	const text = formatSummary(state, {
		columns,
		onlyTrouble,
		mostNamed,
		now,
		marks: marksFor({hasUnicode: true}),
		paint: styleFor({hasColour: false}),
	});
	return text.split('\n');
};

const whole = {unchanged: 130, updated: 2, new: 0, failed: 0, exitCode: 0} as const;

describe('the summary', () => {
	it('says what is saved, what happened to it, what is not, why, and what to do', () => {
		const lines = summarise([
			finished('web', rewritten),
			gone('old-site'),
			finished('legacy-billing', failed()),
			sourceFinished(),
			runFinished(),
		]);
		expect(lines).toEqual([
			'',
			'  131 of 132 repositories of acme are saved as they are now.    3 min 12 s',
			'',
			'    84 unchanged   45 updated   2 new   1 failed',
			'    1 ref rewritten upstream; its old state is kept      cistern history web',
			'    1 repository gone from Bitbucket; its backup stays   old-site',
			'',
			'  Not saved',
			'  ✖ legacy-billing   the server answered 500, 4 tries; last good copy 2 days ago',
			'                     This usually passes. Try again later; bitbucket.status.atlassian.com reports',
			'                     known outages.',
			'',
			expect.stringMatching(/^ {2}\/srv\/backup\/acme {3}4\.1 GB {3}last complete backup: /),
			'',
		]);
	});

	it('keeps a long name whole and every line within a narrow terminal', () => {
		const name = 'one-of-many-repositories-with-a-long-name-17';
		const events = [finished(name, failed()), sourceFinished({failed: 1}), runFinished()];
		expect(summarise(events, {columns: 80}).join('\n')).toContain(`✖ ${name}\n`);
		const narrow = summarise(events, {columns: 46});
		expect(narrow).toContain(`  ✖ ${name}`);
		expect(narrow).toContain('      This usually passes. Try again later;');
		expect(Math.max(...narrow.map((line) => line.length))).toBeLessThanOrEqual(name.length + 4);
	});

	it('says in one line that all is saved', () => {
		const lines = summarise([sourceFinished(whole), runFinished(0)]);
		expect(lines[1]).toContain('All 132 repositories of acme are saved as they are now.');
		expect(lines.at(-2)).toBe('  /srv/backup/acme   4.1 GB   complete');
		expect(lines.join('\n')).not.toContain('Not saved');
	});

	it('of a run without a folder names no command that needs one', () => {
		const started: BackupEvent = {
			type: 'source-started',
			source: 'acme',
			workspace: 'acme',
			folder: '/tmp/run/acme',
			store: 'offsite',
		};
		const lines = summarise([started, finished('web', rewritten), sourceFinished(), runFinished()]);
		expect(lines.join('\n')).toMatch(/1 ref rewritten upstream; its old state is kept +web\n/);
	});

	it('does not count as saved what a store does not count', () => {
		const ended = {...whole, updated: 0, new: 2, uncounted: 2, exitCode: 3} as const;
		const lines = summarise([sourceFinished(ended), runFinished()]);
		expect(lines[1]).toContain('130 of 132 repositories of acme are saved');
		expect(lines.join('\n')).toContain(
			'2 repositories were sent, but the store got no index of them',
		);
	});

	it('does not say that all is saved where something is missing', () => {
		const gaps = ['acme/api', 'acme/web'].map((repository) => ({...gap, repository}));
		const lines = summarise([sourceFinished({...whole, gaps, exitCode: 3}), runFinished()]);
		expect(lines[1]).toContain('All 132 repositories of acme are saved, without some LFS files.');
	});

	it('tells what is missing in a store from what is missing here', () => {
		const gaps = [{...gap, repository: 'acme/api', place: 'in the store offsite'}];
		const lines = summarise([sourceFinished({...whole, gaps, exitCode: 3}), runFinished()]);
		expect(lines.join(' ').replaceAll(/\s+/g, ' ')).toContain(
			'are saved as they are now, but not everything is in the store offsite.',
		);
	});

	it('says that the command after the backup failed, with its last words, and that the backup did not', () => {
		const after: BackupEvent = {
			type: 'after-backup-finished',
			program: 'restic',
			problem: 'ended with exit code 1',
			lastLines: ['Fatal: \u001b[31mwrong password'],
		};
		const lines = summarise([sourceFinished({...whole, notes: []}), after, runFinished()], {
			columns: 80,
			onlyTrouble: true,
		});
		expect(lines).toEqual([
			'',
			'  ✖ afterBackup   restic ended with exit code 1',
			'      Fatal: \\x1b[31mwrong password',
			'    The backup itself went as told above, but the second copy may be missing or',
			'    old. Correct afterBackup in the settings, or what it runs, and run cistern',
			'    again.',
			'',
		]);
	});

	it('does not call a part all, or complete', () => {
		const lines = summarise([sourceFinished({...whole, partial: true}), runFinished(0)]);
		expect(lines[1]).toContain('All 132 repositories of acme that were asked for are saved');
		expect(lines.at(-2)).toMatch(/4\.1 GB {3}last complete backup: /);
	});

	it('does not call a short listing all', () => {
		const shrinkage = {
			expected: 150,
			found: 132,
			missing: ['acme/a'],
			missingCount: 18,
			missingPrivate: 0,
		};
		const text = summarise([sourceFinished({...whole, shrinkage, exitCode: 3}), runFinished()]);
		expect(text.join('\n')).toContain('that were listed');
		expect(text.join('\n')).toContain('cistern accept-missing');
	});

	it('gives the advice that several failures share only once', () => {
		const text = summarise([
			finished('a', failed()),
			finished('b', failed()),
			sourceFinished({failed: 2}),
			runFinished(),
		]).join('\n');
		expect(text.match(/This usually passes/g)).toHaveLength(1);
	});

	it('names the first failures and counts the rest', () => {
		const many = Array.from({length: 500}, (_, index) => finished(`r${index}`, failed()));
		const lines = summarise([...many, sourceFinished({failed: 500}), runFinished()]);
		expect(lines.length).toBeLessThan(40);
		expect(lines).toContain('    and 480 more: cistern status names them');
	});

	it('fits a screen of 24 rows whatever happened, and names the log that tells all of it', () => {
		const many = (count: number, make: (slug: string) => BackupEvent): readonly BackupEvent[] =>
			Array.from({length: count}, (_, index) => make(`repository-${index}`));
		const lines = summarise(
			[
				...many(30, (slug) => finished(slug, rewritten)),
				...many(30, (slug) => finished(slug, saved({changes: {moved: 2, deleted: 1}}))),
				...many(15, gone),
				...many(40, (slug) => finished(slug, failed())),
				sourceFinished({failed: 40}),
				runFinished(),
			],
			{columns: 80, mostNamed: 6},
		);
		expect(lines.length).toBeLessThan(28);
		const text = lines.join('\n');
		expect(text).toContain('30 refs rewritten upstream');
		expect(text).toContain('    and 34 more: cistern status names them');
		expect(text).toMatch(/log of this run:\s+\/srv\/backup\/acme\/\.cistern\/logs\/\S+\.log\n/);
	});

	it.each([
		{kind: 'folder-unusable', path: '/srv/backup/acme/.cistern/lock', detail: 'it is a folder'},
		{kind: 'store-missing', store: 'offsite', detail: 'there is no folder /mnt/nas'},
		{kind: 'network', problem: 'tls', host: 'bucket.example.com', detail: '', store: 'offsite'},
	] as const)('does not mention a listing if a $kind came before it', (problem) => {
		const lines = summarise([
			sourceFinished({
				inScope: undefined,
				...whole,
				unchanged: 0,
				updated: 0,
				problem,
				lastComplete: undefined,
				exitCode: 3,
			}),
			runFinished(3),
		]);
		expect(lines[1]).toContain('Nothing new of acme was saved.');
		expect(lines.join('\n')).toMatch(/last complete backup:\s+unknown/);
		expect(lines.join('\n')).toContain('path' in problem ? problem.path : problem.store);
	});

	it('gives the reason and advice for a source that could not be listed', () => {
		const lines = summarise([
			sourceFinished({
				inScope: undefined,
				...whole,
				unchanged: 0,
				updated: 0,
				problem: {kind: 'credentials-refused', door: 'api'},
				exitCode: 12,
			}),
			runFinished(12),
		]);
		expect(lines[1]).toContain('acme could not be listed; nothing new was saved.');
		expect(lines.join('\n')).toContain('✖ acme   Bitbucket refused the sign-in to the API');
		expect(lines.join(' ').replaceAll(/\s+/g, ' ')).toContain('cistern check');
	});

	it('claims nothing about a copy whose record cannot be read', () => {
		const unreadable: Failure = {
			kind: 'record-unreadable',
			path: '/srv/backup/acme/acme#web/cistern.json',
			detail: 'the disk reported an error',
		};
		const text = summarise([
			finished('web', {result: 'failed', failure: unreadable, attempts: 1, lastGood: undefined}),
			sourceFinished({failed: 1}),
			runFinished(),
		])
			.join(' ')
			.replaceAll(/\s+/g, ' ');
		expect(text).toMatch(/acme#web\/cistern\.json cannot be read.*the disk reported an error/);
		expect(text).toContain('its age is unknown');
		expect(text).not.toContain('no good copy');
	});

	it('says that nothing is saved through a link, and what to do', () => {
		const failure: Failure = {kind: 'repository-linked', path: '/srv/backup/acme/acme#web'};
		const text = summarise([
			finished('web', {result: 'failed', failure, attempts: 1, lastGood: undefined}),
			sourceFinished({failed: 1}),
			runFinished(),
		])
			.join(' ')
			.replaceAll(/\s+/g, ' ');
		expect(text).toContain('acme#web is a link');
		expect(text).toContain('remove the link');
		expect(text).not.toContain('no good copy');
	});

	it('says that a run was interrupted and that the next one continues there', () => {
		const end = {...whole, unchanged: 30, leftOut: 100, exitCode: 130} as const;
		const lines = summarise([sourceFinished(end), runFinished(130)]);
		expect(lines[1]).toContain('Interrupted. 32 of 132 repositories');
		expect(lines.join('\n')).toContain('100 repositories were left out; the next run continues');
	});

	it('names no failure for a look that was interrupted', () => {
		const unlisted = sourceFinished({inScope: undefined, exitCode: 130});
		const lines = summarise([unlisted, runFinished(130)]);
		expect(lines[1]).toContain('Interrupted before all of acme was looked at; nothing new');
	});

	it('keeps to the width of the terminal', () => {
		const lines = summarise(
			[
				finished('web', rewritten),
				gone('old-site'),
				finished('legacy-billing', failed()),
				finished('x', saved({changes: {deleted: 2}, kept: ['refs/heads/a']})),
				sourceFinished({gaps: [{...gap, repository: 'acme/art'}]}),
				runFinished(),
			],
			{columns: 50},
		);
		// An address is never broken.
		const prose = lines.filter((line) => !line.includes('bitbucket.status'));
		expect(Math.max(...prose.map((line) => line.length))).toBeLessThan(50);
	});

	it('has nothing to say of a run that never ended', () => {
		expect(summarise([sourceFinished()])).toEqual(['']);
	});

	it('is only about sources with a problem when quiet', () => {
		const well = {type: 'source-finished', report: report(whole)} as const;
		expect(summarise([well, runFinished(3)], {onlyTrouble: true})).toEqual(['']);
		expect(summarise([sourceFinished(), runFinished(3)], {onlyTrouble: true})[1]).toContain(
			'131 of',
		);
	});
});
