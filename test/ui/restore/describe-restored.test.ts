import {describe, expect, it} from 'vitest';
import {exitCodes} from '../../../source/domain/failure/exit-code.ts';
import {emptyRestore, type RestoreState} from '../../../source/domain/restore/restore-state.ts';
import type {RestoredRepository, RestoreEvent} from '../../../source/domain/restore/restored.ts';
import {formatJsonLine} from '../../../source/ui/json/json.ts';
import {
	formatRestored,
	formatRestoreSummary,
} from '../../../source/ui/restore/describe-restored.ts';
import {toRestoreJson} from '../../../source/ui/restore/present-restore.ts';
import {textStyleForOut} from '../../../source/ui/text/layout.ts';
import {compileSchema} from '../../helpers/event-schema.ts';
import {createFakeTerminal} from '../../helpers/fake-terminal.ts';
import {gap} from '../../helpers/run-events.ts';

const api: RestoredRepository = {
	source: 'acme',
	repository: 'acme/api',
	part: 'repo',
	to: {folder: '/home/ann/rescued'},
	restored: {
		result: 'restored',
		asOf: '2026-11-11T02:00:00.000Z',
		refs: 29,
		head: 'refs/heads/main',
		notes: [],
		gaps: [],
		json: {usesLfs: false},
	},
};

const notYet = {
	...api,
	restored: {result: 'not-yet-saved', first: '2026-11-12T02:00:00.000Z'},
} as const;
const failed = {
	...api,
	restored: {
		result: 'failed',
		failure: {kind: 'mirror-unusable', path: '/srv/api', detail: 'it is not there'},
	},
} as const;

/** Two days later. */
const now = Date.parse('2026-11-14T12:00:00.000Z');
const show = (one: RestoredRepository): string => formatRestored(one, now);

describe('a restored repository', () => {
	it('names its refs, the moment and the destination', () => {
		expect(show(api)).toBe('acme/api: 29 refs as of 11 Nov 02:00, in /home/ann/rescued');
	});

	it('suggests another moment if its copy is damaged', () => {
		expect(show(failed)).toContain('Another moment may still be whole');
	});

	it('says that its LFS files are missing', () => {
		const restored = {...api.restored, gaps: [gap]} as RestoredRepository['restored'];
		expect(show({...api, restored})).toContain('its LFS files are not in the backup');
	});

	it('says that the remote has no default branch to check out', () => {
		const restored = {...api.restored, hasNoHead: true} as RestoredRepository['restored'];
		const to = {url: 'https://example.com/api.git'};
		expect(show({...api, to, restored})).toContain('set it to main, or a clone has no files');
	});

	it('says that nothing is checked out where the default branch has no commit', () => {
		const restored = {...api.restored, head: 'refs/heads/gone', hasNoHead: true} as const;
		const one = {...api, to: {folder: '/rescued/api'}, restored: restored as typeof api.restored};
		expect(show(one)).toContain('default branch gone was not there upstream, so no files');
	});

	it('says that it was there already, and that it is a wiki', () => {
		const facts = {
			asOf: undefined,
			refs: 29,
			head: undefined,
			notes: [],
			gaps: [],
			json: {usesLfs: false},
		};
		const restored = {result: 'already-there', ...facts} as const;
		expect(show({...api, part: 'wiki', restored})).toBe(
			'acme/api (wiki): already there, 29 refs, in /home/ann/rescued',
		);
	});

	it('says why it did not come back', () => {
		expect(show(notYet)).toBe(
			'acme/api: not restored. It was not saved yet at that moment. Its first backup is of 12 Nov 02:00.',
		);
		expect(show(failed)).toContain('The copy in /srv/api cannot be used');
	});

	it('lets no escape sequence through', () => {
		const evil = {...api, repository: 'acme/\u001B[2J', to: {folder: '/\u001B]0;x'}};
		expect(show(evil)).not.toContain('\u001B');
		expect(show({...evil, restored: failed.restored})).not.toContain('\u001B');
	});

	it('says that the remote kept another default branch', () => {
		const restored = {...api.restored, remoteHead: 'refs/heads/master'} as const;
		const to = {url: 'git@example.com:acme/api.git'};
		expect(show({...api, to, restored} as RestoredRepository)).toContain(
			'in git@example.com:acme/api.git; its default branch there is master: set it to main',
		);
	});

	it('fits the schema of the lines of JSON', async () => {
		const validate = await compileSchema();
		const name = {source: 'acme', repository: 'acme/api', part: 'repo'} as const;
		const at = '2026-11-11T02:00:00.000Z';
		const events: readonly RestoreEvent[] = [
			{
				type: 'restore-started',
				at,
				version: '1',
				plan: [name, name, name],
				json: {wikis: 0},
				to: '/x',
				asOf: at,
			},
			{type: 'restoring', ...name},
			{type: 'restore-progressed', ...name, progress: {stage: 'sending', percent: 5}},
			...[api, notYet, failed].map((one) => ({type: 'restore-ended', ...one}) as const),
			{type: 'restore-ended', ...api, to: {url: 'git@example.com:acme/api.git'}},
			{type: 'restore-finished', at, duration: 1.5, exitCode: 3},
		];
		const lines = events.map((event) => formatJsonLine(toRestoreJson(event)));
		for (const line of lines) {
			expect(validate(JSON.parse(line)), `${line} ${JSON.stringify(validate.errors)}`).toBe(true);
		}
		expect(lines).toHaveLength(events.length);
	});
});

it('one of two repositories is counted in the plural', () => {
	const started = {asOf: undefined, to: '/x', plan: [{part: 'repo'}, {part: 'repo'}]};
	const state = {
		...emptyRestore(),
		started: started as unknown as RestoreState['started'],
		restored: 1,
		failed: 1,
		finished: {duration: 1000, exitCode: exitCodes.incomplete},
	};
	const style = textStyleForOut(createFakeTerminal({isInteractive: false}));
	expect(formatRestoreSummary(state, {...style, now: 0})).toContain('1 of 2 repositories are back');
});
