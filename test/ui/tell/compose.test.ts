import {describe, expect, it} from 'vitest';
import type {TakenAway} from '../../../source/domain/history/timeline.ts';
import {decide, parseTold} from '../../../source/domain/tell/decide.ts';
import {listTroubles, type Night} from '../../../source/domain/tell/night.ts';
import {compose, composeTest} from '../../../source/ui/tell/compose.ts';
import {
	foldAll,
	runFinished,
	runStarted,
	source,
	sourceFinished,
	sourceStarted,
} from '../../helpers/run-events.ts';

const now = Date.parse('2026-11-23T02:00:12Z');
const around = {host: 'backup\u001B[31mhost', version: '1.0.0', now};

const quiet: Night = {
	checked: undefined,
	at: now - 12_000,
	duration: 12_000,
	exitCode: 0,
	state: foldAll([runStarted(), sourceStarted, sourceFinished({exitCode: 0}), runFinished(0)], now),
	stopped: undefined,
	taken: [],
	expiring: [],
};

const say = (changes: Partial<Night>, names = true) => {
	const night = {...quiet, ...changes};
	return compose(night, decide(parseTold(undefined), night), {when: 'news', names}, around);
};

describe('a message', () => {
	it.each(['api\u001B]0;x\u0007', 'api\nBcc: eve@example.com', 'api\u202Eevil'])(
		'holds no character that obeys anything: %j',
		(name) => {
			const taken: TakenAway = {
				kind: 'gone',
				at: '2026-11-23T02:00:00Z',
				source,
				repository: `acme/${name}`,
				folder: 'acme#api',
				before: '2026-11-22T02:00:00Z',
			};
			const expiring = [{source: name, days: 7}];
			for (const {title, text} of [
				say({taken: [taken]}),
				say({expiring}),
				say({stopped: [name], exitCode: 1}),
			]) {
				expect(title).not.toMatch(/[\p{Cc}\p{Cf}]/u);
				expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
				expect(text).not.toMatch(/^Bcc/m);
			}
		},
	);

	it('about a token that expires says what to do, and names no source where no names are wanted', () => {
		const expiring = [{source: 'acme', days: 7}];
		const {why, title, text} = say({expiring});
		expect([why, title]).toEqual(['attention', 'Cistern: the token of acme expires in 7 days']);
		expect(text).toContain('Make a new one at id.atlassian.com/');
		expect(text.replaceAll(/\s+/g, ' ')).toContain('enter it with "cistern setup".');
		const unnamed = say({expiring}, false);
		expect(unnamed.title).toBe('Cistern: a token expires soon');
		expect(unnamed.text).toContain('Make a new one');
		expect(unnamed.title + unnamed.text).not.toMatch(/of acme|\/srv/);
	});

	it('names the command after the backup if nothing else failed', () => {
		const after = {
			type: 'after-backup-finished',
			program: 'restic',
			problem: 'ended with exit code 1',
			lastLines: ['Fatal: wrong password'],
		} as const;
		const state = foldAll([after, runFinished(3)], now, quiet.state);
		const {why, title, text} = say({state, exitCode: 3});
		expect([why, title]).toEqual(['failed', 'Cistern: the command after the backup fails']);
		expect(text).toContain('Fatal: wrong password');
		const unnamed = say({state, exitCode: 3}, false);
		expect(unnamed.title + unnamed.text).not.toContain('wrong password');
	});

	it('says it where everything is saved here and not in a store', () => {
		const gap = {
			part: 'off-site',
			repository: 'acme',
			what: 'newest states',
			place: 'in the store offsite',
			detail: 'the store offsite refuses the key',
			advice: 'Check the key.',
			isAccepted: false,
		};
		const state = foldAll(
			[sourceFinished({failed: 0, exitCode: 12, gaps: [gap]}), runFinished(12)],
			now,
			quiet.state,
		);
		const title = 'Cistern: everything is saved, but not all of it is in the store offsite';
		expect(say({state, exitCode: 12}).title).toBe(title);
		expect(say({state, exitCode: 12}, false).title).toBe(
			'Cistern: everything is saved, but not all of it is in the second copy',
		);
		expect(listTroubles({...quiet, state, exitCode: 12})).toEqual([
			'acme: not in the store offsite',
		]);
	});

	it('for a test says that no backup was made', () => {
		const {title, text} = composeTest(around);
		expect(title).toBe('Cistern: this is a test');
		expect(text).toMatch(
			/^You will be told here how the backups on \S+ ended\. No backup was made\.\n/,
		);
		expect(text).not.toContain('\u001B');
	});
});
