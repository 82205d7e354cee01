import {describe, expect, it} from 'vitest';
import {
	formatRunLine,
	lastComplete,
	latestLines,
	parseRunLines,
	type RunLine,
	withoutCopy,
	withSending,
} from '../../../source/domain/run/run-line.ts';
import {failedSending} from '../../../source/domain/store/store-status.ts';

const line: RunLine = {
	v: 1,
	run: 'b',
	at: '2026-11-23T02:00:00.000Z',
	duration: 60_000,
	exitCode: 0,
	complete: true,
	partial: false,
	listed: true,
	inScope: 1,
	unchanged: 1,
	updated: 0,
	new: 0,
	failed: [],
	leftOut: [],
	missing: [],
	gone: [],
};
const earlier: RunLine = {...line, run: 'a', at: '2026-11-22T02:00:00.000Z'};

const read = (...lines: readonly RunLine[]): readonly RunLine[] =>
	latestLines(parseRunLines(lines.map((one) => `${formatRunLine(one)}\n`).join('')));

describe('a run whose command after the backup failed', () => {
	const failed = withoutCopy(line, 'ended with exit code 4');

	it('counts as incomplete, also where another run was noted in between', () => {
		expect(failed).toMatchObject({complete: false, exitCode: 3});
		expect(lastComplete(read(earlier, line, failed))).toBe(earlier.at);
		const later = {...line, run: 'c', at: '2026-11-23T02:01:00.000Z', complete: false};
		expect(read(earlier, line, later, failed)).toEqual([earlier, failed, later]);
	});

	it('stays incomplete if everything is sent afterwards', () => {
		const sent = withSending(failed, {
			stores: [{store: 'offsite', complete: true}],
			followUp: 'off-site',
		});
		expect(sent.complete).toBe(false);
	});
});

describe('a sending outside of a backup', () => {
	const send = (
		before: RunLine,
		...stores: readonly {store: string; complete: boolean; reason?: string; at?: string}[]
	) => withSending(before, {stores, followUp: 'off-site'});
	const left = {...line, complete: false, without: ['off-site']};

	it('that sends everything completes a run that lacked nothing else', () => {
		const sent = send(left, {store: 'offsite', complete: true});
		expect(sent.complete).toBe(true);
		expect(sent.without).toBeUndefined();
		expect(send({...left, exitCode: 3}, {store: 'offsite', complete: true}).complete).toBe(false);
		expect(send({...left, partial: true}, {store: 'offsite', complete: true}).complete).toBe(false);
		const more = {...left, without: ['metadata', 'off-site']};
		expect(send(more, {store: 'offsite', complete: true})).toMatchObject({
			complete: false,
			without: ['metadata'],
		});
	});

	it('that fails makes the last run incomplete, until one has sent everything to all stores', () => {
		const reason = 'the store offsite is full';
		const at = '2026-11-23T04:00:00.000Z';
		const failed = send(line, {store: 'offsite', complete: false, reason, at});
		expect(failed.complete).toBe(false);
		expect(failedSending({store: 'offsite', sentAt: line.at}, failed)).toEqual({
			failed: {at, reason},
		});
		const other = send(failed, {store: 'nas', complete: true});
		expect(other.complete).toBe(false);
		const all = send(other, {store: 'offsite', complete: true});
		expect(all.complete).toBe(true);
		expect(failedSending({store: 'offsite', sentAt: at}, all)).toEqual({});
	});

	it('is noted by the run at its end', () => {
		const noted = {...line, stores: [{store: 'offsite', complete: false, reason: 'full'}]};
		const about = {store: 'offsite', sentAt: '2026-11-23T02:00:30.000Z'};
		expect(failedSending(about, noted).failed?.at).toBe('2026-11-23T02:01:00.000Z');
		expect(failedSending({...about, sentAt: '2026-11-23T03:00:00.000Z'}, noted)).toEqual({});
	});
});
