import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest';
import type {Restored, RestoreEvent} from '../../../source/domain/restore/restored.ts';
import {openReporter} from '../../../source/ui/reporter.ts';
import {presentRestore} from '../../../source/ui/restore/present-restore.ts';
import {createFakeClock} from '../../helpers/fake-clock.ts';
import {createFakeTerminal} from '../../helpers/fake-terminal.ts';
import {gap} from '../../helpers/run-events.ts';

const source = 'acme';
const at = '2026-11-11T02:00:00.000Z';

const nameOf = (slug: string) => ({source, repository: `acme/${slug}`, part: 'repo'}) as const;
const planned = (slugs: readonly string[]): RestoreEvent => ({
	type: 'restore-started',
	at,
	version: '1',
	plan: slugs.map(nameOf),
	json: {wikis: 0},
	to: '/x',
	asOf: undefined,
});
const restoring = (slug: string): RestoreEvent => ({type: 'restoring', ...nameOf(slug)});

const open = async () => {
	const terminal = createFakeTerminal();
	const clock = createFakeClock();
	const choice = {json: false, quiet: false, verbose: false};
	const around = {terminal, clock};
	const view = await openReporter(choice, around, presentRestore(around));
	const tell = async (...events: readonly RestoreEvent[]): Promise<void> => {
		for (const event of events) {
			view.handle(event);
		}
		clock.advance(1000);
		await vi.advanceTimersByTimeAsync(1000);
	};
	return {terminal, view, tell};
};

describe('a restore in a terminal', () => {
	beforeEach(() => {
		vi.useFakeTimers();
	});
	afterEach(() => {
		vi.useRealTimers();
	});

	it('keeps the column beside the names in place when a longer name starts', async () => {
		const {terminal, view, tell} = await open();
		const long = 'reporting-service';
		await tell(planned(['web', long]), restoring('web'));
		await tell(restoring(long));
		const rows = [...terminal.error().matchAll(/ acme\/\S+ +restoring/g)];
		expect(rows.length).toBeGreaterThan(1);
		expect(new Set(rows.map(([row]) => row.length)).size).toBe(1);
		await view.close();
	});

	it('keeps a remark about one of many in sight', async () => {
		const {terminal, view, tell} = await open();
		const facts = {
			result: 'restored',
			asOf: at,
			refs: 1,
			head: undefined,
			notes: [],
			gaps: [],
			json: {usesLfs: false},
		} as const;
		const ended = (slug: string, restored: Restored): RestoreEvent => ({
			type: 'restore-ended',
			...nameOf(slug),
			to: {folder: `/x/${slug}`},
			restored,
		});
		await tell(planned(['api', 'web']), restoring('api'), restoring('web'));
		await tell(ended('api', facts), ended('web', {...facts, gaps: [gap]}));
		expect(terminal.error()).toMatch(/its LFS\s+files\s+are\s+not\s+in\s+the\s+backup/);
		expect(terminal.error()).not.toContain('/x/api');
		await view.close();
	});

	it('says how many have no row, and keeps to its half of the terminal', async () => {
		const {terminal, view, tell} = await open();
		const slugs = Array.from({length: 16}, (_, index) => `repo-${index}`);
		await tell(planned(slugs), ...slugs.map(restoring));
		const lines = terminal.error().split('\n');
		expect(lines.filter((line) => line.includes('restoring'))).toHaveLength(8);
		expect(terminal.error()).toContain('… and 8 more');
		expect(terminal.error()).toContain('0 of 16');
		await view.close();
	});
});
