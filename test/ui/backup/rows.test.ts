import {stripVTControlCharacters} from 'node:util';
import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest';
import type {BackupEvent} from '../../../source/domain/run/events.ts';
import {presentBackup} from '../../../source/ui/backup/present-backup.ts';
import {openReporter} from '../../../source/ui/reporter.ts';
import {createFakeClock} from '../../helpers/fake-clock.ts';
import {createFakeTerminal} from '../../helpers/fake-terminal.ts';
import {
	failed,
	finished,
	held,
	listed,
	lookedAt,
	planMade,
	progressed,
	released,
	rewritten,
	runStarted,
	saved,
	sourceStarted,
	started,
	unchanged,
	waitEnded,
	waitStarted,
} from '../../helpers/run-events.ts';

const eraseLine = '\u001B[2K';
const endOfPaint = '\u001B[?2026l';
const begin = Date.parse('2026-11-23T02:00:00Z');

type Screen = {columns?: number; rows?: number; seconds?: number; hasUnicode?: boolean};

/** The rows of the window, of which half of the terminal's are drawn in. */
const draw = async (
	events: readonly BackupEvent[],
	{columns = 80, rows = 48, seconds = 0, hasUnicode = true}: Screen = {},
): Promise<readonly string[]> => {
	const terminal = createFakeTerminal({hasUnicode});
	terminal.resize(columns, rows);
	const clock = createFakeClock(begin);
	const choice = {json: false, quiet: false, verbose: false};
	const around = {terminal, clock};
	const reporter = await openReporter(choice, around, presentBackup(choice, around));
	for (const event of [runStarted(), sourceStarted, ...events]) {
		reporter.handle(event);
		await tick();
	}

	clock.advance(seconds * 1000);
	await vi.advanceTimersByTimeAsync(50);
	const painted = terminal.error();
	await reporter.close();
	// Lines above the window are not erased before they are written.
	return painted
		.split('\n')
		.filter((line) => line.startsWith(eraseLine) && !line.endsWith(endOfPaint))
		.map((line) => stripVTControlCharacters(line));
};

/** Lets the promises of listr2 settle. */
const tick = async (): Promise<void> => {
	for (let turn = 0; turn < 20; turn += 1) {
		await Promise.resolve();
	}
};

const saving = [listed(132, 132, true), planMade(132, 48)];
const receiving = progressed('api', {
	stage: 'receiving',
	percent: 64,
	bytes: 210_000_000,
	bytesPerSecond: 12_000_000,
});

describe('the window', () => {
	beforeEach(() => {
		vi.useFakeTimers();
	});
	afterEach(() => {
		vi.useRealTimers();
	});

	it('shows the look as one line with counts', async () => {
		expect(await draw([listed(100, 132), lookedAt('api'), lookedAt('web')])).toEqual([
			expect.stringMatching(/^ {2}⠋|⠙|⠹|⠸|⠼|⠴|⠦|⠧|⠇|⠏ acme/),
		]);
		expect((await draw([listed(100, 132), lookedAt('api')]))[0]).toContain(
			'acme            looked at 1 of 132 repositories',
		);
	});

	it('shows stage, percent, bar, bytes and speed of a running repository, and the totals last', async () => {
		expect(await draw([...saving, finished('web', unchanged), started('api'), receiving])).toEqual([
			'  ⠙ api             receiving    64 %  ███████████░░░░░░  210 MB  12.0 MB/s',
			'',
			'  1 of 132   1 unchanged   210 MB   12.0 MB/s',
		]);
	});

	it('says how many of the files of a part are here, with a bar and the speed', async () => {
		const files = {files: 120, ofFiles: 340, bytes: 1.2e9, bytesPerSecond: 12e6, percent: 35};
		const text = 'LFS 120 of 340 files, 1.2 GB of 3.4 GB';
		const fetching = progressed('api', {stage: 'lfs', text, ...files});
		expect((await draw([...saving, started('api'), fetching]))[0]).toBe(
			'  ⠙ api             LFS 120 of 340 files, 1.2 GB of 3.4 GB  12.0 MB/s',
		);
	});

	it('names the stage if git tells no percentage, and how long it has lasted', async () => {
		const counting = [...saving, started('infra'), progressed('infra', {stage: 'counting'})];
		expect((await draw(counting))[0]).toMatch(/infra +waiting for the server to count$/);
		expect((await draw(counting, {seconds: 38}))[0]).toMatch(/to count, 38 s$/);
	});

	it('counts down a wait in its row, and says why', async () => {
		const until = new Date(begin + 38_000).toISOString();
		const waiting = [...saving, started('docs'), waitStarted(until, 'docs')];
		expect((await draw(waiting))[0]).toBe(
			'  ! docs            pausing 38 s: Bitbucket asked to slow down',
		);
		expect((await draw(waiting, {seconds: 30}))[0]).toContain('pausing 8 s:');
	});

	it('cuts a reason between two words if it does not fit', async () => {
		const until = new Date(begin + 38_000).toISOString();
		const [row] = await draw([...saving, started('docs'), waitStarted(until, 'docs')], {
			columns: 48,
		});
		expect(row).toBe('  ! docs            pausing 38 s: Bitbucket…');
	});

	it('counts down the wait of a host in a row that it holds up, and then waits for a turn', async () => {
		const until = new Date(begin + 38_000).toISOString();
		const both = [...saving, started('api'), receiving, started('web'), waitStarted(until)];
		const waiting = [...both, held('api')];
		expect((await draw(waiting))[1]).toBe(
			'  ! api             pausing 38 s: Bitbucket asked to slow down',
		);
		expect((await draw(waiting))[2]).toContain('web             starting to update');
		expect((await draw(waiting)).at(-1)).toBe('  0 of 132   210 MB');
		const open = [...waiting, waitEnded()];
		expect((await draw(open, {seconds: 7}))[0]).toMatch(
			/api +waiting for its turn at bitbucket.org, 7 s$/,
		);
		expect((await draw([...open, released('api')]))[0]).toMatch(/api +starting to update$/);
		expect((await draw([...open, released('api'), receiving]))[0]).toMatch(/api +receiving +64 %/);
	});

	it('forgets the progress from before a wait', async () => {
		const until = new Date(begin + 2000).toISOString();
		const waited = [...saving, started('api'), receiving, waitStarted(until, 'api')];
		expect((await draw([...waited, waitEnded('api')]))[0]).toMatch(/api +starting to update$/);
	});

	it('shows a wait of a whole host by itself', async () => {
		const until = new Date(begin + 38_000).toISOString();
		expect((await draw([...saving, waitStarted(until)]))[0]).toBe(
			'  ! bitbucket.org   pausing 38 s: Bitbucket asked to slow down',
		);
	});

	it('leaves the result in its place, or an empty place if the result stands above already', async () => {
		const three = [...saving, started('a'), started('b'), started('c')];
		const lines = await draw([...three, finished('a', saved()), finished('b', rewritten)]);
		expect(lines.slice(0, 3)).toEqual([
			'  ✔ a               updated, 3 refs, 14.2 MB, 8.1 s',
			'',
			expect.stringContaining('⠋ c'),
		]);
		expect(await draw([...three, finished('c', failed())])).toHaveLength(4);
	});

	it('keeps a repository in its place while it runs, and gives a free place to the next', async () => {
		const three = [...saving, started('a'), started('b'), started('c')];
		const lines = await draw([...three, finished('a', saved()), started('d')]);
		expect(lines.slice(0, 3).map((line) => line[4])).toEqual(['d', 'b', 'c']);
	});

	it('keeps the count of received bytes while git resolves them', async () => {
		const resolving = progressed('api', {stage: 'resolving', percent: 3});
		const lines = await draw([...saving, started('api'), receiving, resolving]);
		expect(lines.at(-1)).toBe('  0 of 132   210 MB');
	});

	it('leaves no empty place between the last rows, when nothing more will start', async () => {
		const three = [planMade(3, 3), started('a'), started('b'), started('c')];
		expect((await draw([...three, finished('b', rewritten)])).slice(0, 3)).toEqual([
			expect.stringContaining('⠋ a'),
			expect.stringContaining('⠋ c'),
			'',
		]);
	});

	it('turns the spinner of a row with each event and each second only', async () => {
		const one = await draw([...saving, started('a')]);
		expect(await draw([...saving, started('a')])).toEqual(one);
		expect((await draw([...saving, started('a')], {seconds: 1}))[0]).not.toBe(one[0]);
		const heard = [...saving, started('a'), progressed('a', {stage: 'asking'})];
		expect((await draw(heard))[0]).toContain('⠙');
	});

	it.each([
		[80, 24],
		[120, 40],
		[60, 20],
		[40, 10],
		[20, 6],
		[10, 3],
	])('fits %d columns and %d rows with 32 of 2,000 repositories running', async (columns, rows) => {
		const slugs = Array.from({length: 32}, (_, index) => `repository-${index}`);
		const lines = await draw(
			[
				planMade(2000, 900),
				...slugs.flatMap((slug) => [
					started(slug),
					progressed(slug, {stage: 'receiving', percent: 50, bytes: 1e9}),
				]),
			],
			{columns, rows},
		);
		expect(lines.length).toBeLessThan(rows);
		expect(lines.at(-1)).toContain('0 of');
		if (rows > 6 && rows < 36) {
			expect(lines.at(-3)).toMatch(/… and \d+ more/);
			const hidden = Number(/\d+/.exec(lines.at(-3) ?? '')?.[0]);
			expect(lines.length - 3 + hidden).toBe(32);
		}
	});

	it('drops bars below 60 columns, then figures, and never the name', async () => {
		const events = [...saving, started('api'), receiving];
		expect((await draw(events, {columns: 67}))[0]).toContain('█░');
		expect((await draw(events, {columns: 59}))[0]).not.toContain('█');
		expect((await draw(events, {columns: 59}))[0]).toMatch(
			/api +receiving +64 % +210 MB +12.0 MB\/s$/,
		);
		expect((await draw(events, {columns: 50}))[0]).toMatch(/api +receiving +64 % +210 MB$/);
		expect((await draw(events, {columns: 40}))[0]).toMatch(/api +receiving +64 %$/);
	});

	it('shows a long name whole, and cuts the text beside it', async () => {
		const slug = 'a-repository-with-a-name-of-fifty-two-characters-here';
		const events = [...saving, started(slug), progressed(slug, {stage: 'receiving', percent: 3})];
		expect((await draw(events))[0]).toMatch(new RegExp(`${slug} receiving +3 %$`));
	});

	it('tells counts, bytes, rate and time left of 2,000 repositories in 80 columns', async () => {
		const events = [
			listed(2000, 2000, true),
			planMade(2000, 30, 2_000_000_000),
			...Array.from({length: 6}, (_, index) => finished(`r${index}`, saved())),
			...Array.from({length: 1200}, (_, index) => finished(`u${index}`, unchanged)),
			started('api', 900_000_000),
			receiving,
		];
		expect((await draw(events, {seconds: 60})).at(-1)).toBe(
			'  1,206 of 2,000  1,200 unchanged, 6 saved  295 MB  12.0 MB/s  about 8 min left',
		);
		expect((await draw(events, {seconds: 60, columns: 70})).at(-1)).toBe(
			'  1,206 of 2,000   1,200 unchanged, 6 saved   about 8 min left',
		);
	});

	it('drops the least useful totals if there is no room', async () => {
		const events = [
			...saving,
			finished('a', failed()),
			finished('b', unchanged),
			started('api'),
			receiving,
		];
		expect((await draw(events)).at(-1)).toBe(
			'  2 of 132   1 unchanged, 1 failed   210 MB   12.0 MB/s',
		);
		expect((await draw(events, {columns: 50})).at(-1)).toBe(
			'  2 of 132   1 unchanged, 1 failed   12.0 MB/s',
		);
		expect((await draw(events, {columns: 30})).at(-1)).toBe('  2 of 132   1 failed');
	});

	it('is plain ASCII if the terminal has no Unicode', async () => {
		const lines = await draw([...saving, started('api'), receiving], {hasUnicode: false});
		expect(lines.join('')).toMatch(/^[\x20-\x7E]*$/);
		expect(lines[0]).toContain('###########......');
	});

	it('removes escape sequences from a name', async () => {
		const lines = await draw([...saving, started('\u001B[2J')]);
		expect(lines.join('')).not.toContain('\u001B');
	});
});
