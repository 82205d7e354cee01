import {describe, expect, it} from 'vitest';
import type {BackupEvent} from '../../../source/domain/run/events.ts';
import {describeEvent} from '../../../source/ui/backup/describe-event.ts';
import {
	failed,
	finished,
	gap,
	gone,
	held,
	listed,
	planMade,
	progressed,
	released,
	renamed,
	rewritten,
	runFinished,
	runStarted,
	saved,
	sourceFinished,
	sourceStarted,
	started,
	unchanged,
	waitStarted,
} from '../../helpers/run-events.ts';

const two = new Date(2026, 10, 23, 2, 0, 9).getTime();

const print = (events: readonly BackupEvent[], verbose = false): readonly string[] =>
	events
		.flatMap((event) => describeEvent(event, two))
		.filter(({weight}) => verbose || weight !== 'minor')
		.map(({text}) => text);

describe('plain lines', () => {
	it('say what was saved', () => {
		expect(print([listed(132, 132, true), finished('api', saved())])).toEqual([
			'acme: 132 repositories',
			'acme/api: updated, 3 refs, 14.2 MB, 8.1 s',
		]);
	});

	it('count all refs of a new repository, and leave out counts of zero', () => {
		const how = 'new';
		expect(print([finished('api', saved({how, refs: 48, received: 0, duration: 900}))])).toEqual([
			'acme/api: new, 48 refs, 0.9 s',
		]);
	});

	it('show a failure in capitals, with its reason, the number of tries and the last good copy', () => {
		const [line] = print([finished('legacy-billing', failed())]);
		expect(line).toMatch(
			/^acme\/legacy-billing: FAILED, the server answered 500, 4 tries; last good copy 2026-11-2\d$/,
		);
	});

	it('name a rewritten branch and say that its old state is kept', () => {
		expect(print([finished('web', rewritten)])[0]).toContain(
			'; main was rewritten, its old state is kept',
		);
	});

	it('report a rewrite even if another branch still contains the old state', () => {
		const outcome = saved({changes: {rewritten: 1}, kept: []});
		expect(print([finished('web', outcome)])[0]).toContain(
			'; 1 ref was rewritten, its old state is kept',
		);
	});

	it('call a repository without refs empty', () => {
		expect(print([finished('new', saved({how: 'new', refs: 0, received: 0}))])[0]).toBe(
			'acme/new: new, empty, 8.1 s',
		);
	});

	it('name two of many refs that are kept and count the rest', () => {
		const kept = ['refs/heads/a', 'refs/heads/b', 'refs/tags/c', 'refs/heads/d'];
		const outcome = saved({changes: {deleted: 3, moved: 1}, kept});
		expect(print([finished('web', outcome)])[0]).toContain(
			'; a, b and 2 more were moved or deleted, their old state is kept',
		);
	});

	it('name the repository that waits, for how long and why', () => {
		const until = new Date(two + 38_000).toISOString();
		expect(print([waitStarted(until), waitStarted(until, 'docs')])).toEqual([
			'acme: bitbucket.org: waiting 38 s, Bitbucket asked to slow down',
			'acme/docs: waiting 38 s, Bitbucket asked to slow down',
		]);
	});

	it('name a repository that waits for its host only in the full log', () => {
		const both = [held('docs'), released('docs')];
		expect(print(both)).toEqual([]);
		expect(print(both, true)).toEqual([
			'acme/docs: waiting for bitbucket.org with all others',
			'acme/docs: going on',
		]);
	});

	it('name repositories that are gone or renamed', () => {
		expect(print([gone('old-site'), renamed('site', 'acme/www')])).toEqual([
			'acme/old-site: gone from Bitbucket; its backup stays',
			'acme/site: renamed, was acme/www',
		]);
	});

	it('end a source with its counts and its own problems', () => {
		const shrinkage = {
			expected: 20,
			found: 3,
			missing: ['acme/a', 'acme/b'],
			missingCount: 17,
			missingPrivate: 17,
		};
		expect(
			print([
				sourceFinished({
					shrinkage,
					gaps: [{...gap, repository: 'acme/art'}],
					problem: {kind: 'server-timeout'},
				}),
			]),
		).toEqual([
			'acme: 131 of 132 saved, 84 unchanged, 45 updated, 2 new, 1 failed',
			'acme: the listing shrank: 3 of the 20 repositories seen before are there, without acme/a, acme/b and 15 more. All that are missing are private, so the token may see less than before',
			'acme: the LFS files of acme/art are not saved',
			'acme: FAILED, the server ran out of time (555)',
		]);
	});

	it('leave out unchanged and running repositories, unless all is asked for', () => {
		const events = [
			runStarted(),
			sourceStarted,
			listed(100, 132),
			planMade(132, 48),
			started('api'),
			progressed('api', {stage: 'receiving', percent: 3}),
			finished('web', unchanged),
			runFinished(),
		];
		expect(print(events)).toEqual([]);
		expect(print(events, true)).toEqual([
			'cistern 1.0.0, run 20261123T020000Z-1, into /srv/backup',
			'acme: saved in /srv/backup/acme',
			'acme: 100 of 132 repositories listed',
			'acme: 132 repositories in scope, 48 changed, 84 unchanged',
			'acme/api: updating',
			'acme/web: unchanged',
			'exit code 3',
		]);
	});

	it('let no escape sequence of a name or a message through', () => {
		const evil = '\u001B[2J\u202E';
		const lines = print(
			[
				finished(evil, failed({kind: 'forbidden', door: 'git', message: evil})),
				finished('web', {...rewritten, kept: [`refs/heads/${evil}`]}),
				renamed('a', evil),
				gone(evil),
				{type: 'noticed', source: evil, text: evil},
				{...sourceStarted, folder: evil} as BackupEvent,
				sourceFinished({source: evil, gaps: [{...gap, repository: evil}]}),
			],
			true,
		);
		expect(lines).toHaveLength(8);
		expect(lines.join('')).not.toContain('\u001B');
		expect(lines.join('')).not.toContain('\u202E');
	});
});
