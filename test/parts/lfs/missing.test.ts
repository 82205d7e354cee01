import {describe, expect, it} from 'vitest';
import type {MissingFile, Why} from '../../../source/parts/lfs/entry.ts';
import {summarise} from '../../../source/parts/lfs/missing.ts';
import {describeLfs} from '../../../source/parts/lfs/words.ts';

const asked = {asked: 1, askedAt: '2026-11-29T02:00:00Z'};

const missing = (why: Why, index: number, more: Partial<MissingFile> = {}): MissingFile => ({
	oid: `${index}`.padStart(64, '0'),
	size: 1000,
	blob: 'b'.repeat(40),
	path: `${why}-${index}.psd`,
	why,
	words: why === 'no-room' ? '3.0 GB' : 'the server answered 500',
	since: '2026-11-29T02:00:00Z',
	...more,
});

describe('a summary of missing files', () => {
	it('names one of each reason, however many there are of another, and accepted ones last', () => {
		const failed = Array.from({length: 30}, (_, index) => missing('failed', index));
		const accepted = missing('not-upstream', 50, {accepted: true});
		const summary = summarise(
			[accepted, ...failed, missing('not-upstream', 40), missing('no-room', 41)],
			asked,
		);
		expect(summary).toMatchObject({
			count: 33,
			accepted: 1,
			why: {failed: 30, 'not-upstream': 1, 'no-room': 1},
		});
		expect(summary?.first).toHaveLength(20);
		expect(summary?.first).not.toContain(accepted);
		const known = {state: 'saved', changedAt: '', objects: 7, size: 0} as const;
		const {gaps} = describeLfs(
			{...known, ...(summary && {missing: summary})},
			{repository: 'acme/api', settings: {}},
		);
		expect(gaps?.[0]).toMatchObject({
			detail: [
				'30 of 40 are not fetched yet: the server answered 500 (failed-0.psd, 1.0 kB, failed-1.psd, 1.0 kB and 28 more), first seen 2026-11-29',
				'1 of 40 is not on Bitbucket (not-upstream-40.psd, 1.0 kB), first seen 2026-11-29',
				'1 of 40 is not fetched: only 3.0 GB are free (no-room-41.psd, 1.0 kB), first seen 2026-11-29',
			].join('; '),
			advice: 'Free some space or use a larger disk. The next backup goes on.',
			isAccepted: false,
		});
	});

	it('is none where nothing is missing', () => {
		expect(summarise([], asked)).toBeUndefined();
	});
});
