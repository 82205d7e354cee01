import {describe, expect, it} from 'vitest';
import type {RestoredRepository} from '../../source/domain/restore/restored.ts';
import {formatRestored, formatRestoredJson} from '../../source/ui/restored.ts';
import {compileSchema} from '../helpers/event-schema.ts';

const api: RestoredRepository = {
	source: 'acme',
	repository: 'acme/api',
	part: 'repo',
	folder: '/home/ann/rescued',
	restored: {
		result: 'restored',
		asOf: '2026-11-11T02:00:00.000Z',
		refs: 29,
		head: 'refs/heads/main',
		usesLfs: false,
	},
};

const notYet = {...api, restored: {result: 'not-yet-saved', first: '2026-11-12'}} as const;
const failed = {
	...api,
	restored: {
		result: 'failed',
		failure: {kind: 'mirror-unusable', path: '/srv/api', detail: 'it is not there'},
	},
} as const;

describe('a restored repository', () => {
	it('says what came back, as of when, and to where', () => {
		expect(formatRestored(api)).toBe(
			'acme/api: 29 branches and tags as of 2026-11-11T02:00:00.000Z, in /home/ann/rescued\n',
		);
	});

	it('says that its LFS files did not', () => {
		const restored = {...api.restored, usesLfs: true} as RestoredRepository['restored'];
		expect(formatRestored({...api, restored})).toContain('its LFS files are not in the backup');
	});

	it('says that it was there already, and that it is a wiki', () => {
		const facts = {asOf: undefined, refs: 29, head: undefined, usesLfs: false};
		const restored = {result: 'already-there', ...facts} as const;
		expect(formatRestored({...api, part: 'wiki', restored})).toBe(
			'acme/api (wiki): already there, 29 branches and tags, in /home/ann/rescued\n',
		);
	});

	it('says why it did not come back', () => {
		expect(formatRestored(notYet)).toBe(
			'acme/api: not restored. Nothing of it was saved by then. Its first backup is of 2026-11-12.\n',
		);
		expect(formatRestored(failed)).toContain('The copy in /srv/api cannot be used');
	});

	it('lets no escape sequence through', () => {
		const evil = {...api, repository: 'acme/\u001B[2J', folder: '/\u001B]0;x'};
		expect(formatRestored(evil)).not.toContain('\u001B');
		expect(formatRestored({...evil, restored: failed.restored})).not.toContain('\u001B');
	});

	it('fits the schema of the lines of JSON', async () => {
		const validate = await compileSchema();
		for (const one of [api, notYet, failed]) {
			const isValid = validate(JSON.parse(formatRestoredJson(one)));
			expect(isValid, JSON.stringify(validate.errors)).toBe(true);
		}
	});
});
