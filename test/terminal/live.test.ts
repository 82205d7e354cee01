import {describe, expect, it, onTestFinished} from 'vitest';
import {setUpBundle} from '../helpers/bundle.ts';
import {openTerminalScreen, type TerminalScreen} from '../helpers/terminal-screen.ts';

const program = setUpBundle('test/fixtures/live-program.ts');

const open = (
	columns: number,
	rows: number,
	repositories: number,
	environment: Record<string, string> = {},
	more: readonly string[] = [],
): TerminalScreen => {
	const screen = openTerminalScreen({
		words: [process.execPath, program(), String(repositories), ...more],
		environment,
		columns,
		rows,
	});
	onTestFinished(() => screen.close());
	return screen;
};

const next = async (screen: TerminalScreen, expected: string | RegExp): Promise<void> => {
	screen.type('n');
	await screen.waitFor(expected);
};

const everything = (screen: TerminalScreen): string =>
	[...screen.scrollback(), ...screen.rows()].join('\n');

const rowOf = (screen: TerminalScreen, text: RegExp): number =>
	screen.rows().findIndex((row) => text.test(row));

const bold = '\u001B[1m';

const timesIn = (text: string, part: string): number => text.split(part).length - 1;

describe.each([
	[80, 24, 5],
	[60, 20, 2000],
])('a backup in %d columns and %d rows with %d repositories', (columns, rows, repositories) => {
	it('shows the look, what runs, what came of it, and the end', async () => {
		const screen = open(columns, rows, repositories);
		await screen.waitFor(/acme +looked at 1 of [\d,]+ repositories/);
		expect(screen.cursor().isVisible).toBe(false);
		expect(screen.output()).toContain(bold);

		await next(screen, /legacy-billing +starting/);
		expect(screen.text()).toMatch(/api +receiving +64 %.* 210 MB +12.0 MB\/s/);
		expect(screen.text()).toMatch(/infra +waiting for the server to count/);
		expect(screen.text()).toMatch(/docs +pausing \d+ s: Bitbucket asked to/);
		const total = repositories.toLocaleString('en-US');
		const counted = (repositories - 5).toLocaleString('en-US');
		expect(screen.text()).toContain(`  ${counted} of ${total}`);
		const order = [/api +receiving/, /data-lake/, /infra/, /docs/, /legacy-billing/, / of /];
		const places = order.map((text) => rowOf(screen, text));
		expect(places).toEqual([...places].sort((left, right) => left - right));
		expect(screen.rows()[screen.cursor().row - 1]).toMatch(/ of /);

		await next(screen, 'kept');
		await screen.waitFor('✖ legacy-billing');
		const above = rowOf(screen, /api +receiving/);
		for (const text of [/✖ legacy-billing/, /✔ infra/, /! old-site/]) {
			expect(rowOf(screen, text)).toBeLessThan(above);
		}
		expect(rowOf(screen, /data-lake +updated/)).toBe(above + 1);

		await next(screen, 'last complete backup');
		expect(await screen.exited).toMatchObject({code: 3});
		expect(screen.cursor().isVisible).toBe(true);
		const all = everything(screen);
		expect(all).not.toContain('receiving');
		expect(all).toMatch(/✔ api +new, 48 refs/);
		expect(all).toContain(`of ${total} repositories of acme`);
		expect(timesIn(all, '✔ infra')).toBe(1);
	});
});

describe('the live view', () => {
	it('draws each row once after the terminal became narrower and wider again', async () => {
		const screen = open(80, 24, 5);
		await screen.waitFor('looked at');
		await next(screen, /legacy-billing +starting/);
		for (const [columns, shape] of [
			[60, /api +receiving +64 % +210 MB +12.0 MB\/s$/m],
			[40, /api +receiving +64 %$/m],
			[100, /api +receiving +64 % +█+░+ +210 MB/],
		] as const) {
			screen.resize(columns, 24);
			await screen.waitFor(shape);
			for (const part of ['receiving', 'data-lake', 'docs', '0 of 5']) {
				expect(timesIn(everything(screen), part), `${part} at ${columns}`).toBe(1);
			}
		}
	});

	it('leaves no copy in the scrollback when many rows are broken', async () => {
		const screen = open(80, 24, 20, {}, ['busy']);
		await screen.waitFor('looked at');
		await next(screen, /team-1 +receiving.* 210 MB/);
		for (const [columns, shape] of [
			[60, /team-1 [^█]* MB\/s$/m],
			[40, /team-1 +receiving +64 %$/m],
		] as const) {
			screen.resize(columns, 24);
			await screen.waitFor(shape);
			expect(timesIn(everything(screen), 'team-1 ')).toBe(1);
			expect(timesIn(everything(screen), ' of 20')).toBe(1);
			expect(everything(screen)).toMatch(/… and \d+ more/);
		}
	});

	it('keeps what it wrote above in the scrollback when it scrolls out', async () => {
		const screen = open(60, 10, 5);
		await screen.waitFor('looked at');
		await next(screen, /legacy-billing +starting/);
		await next(screen, '✖ legacy-billing');
		await next(screen, 'last complete backup');
		await screen.exited;
		const scrolledOut = screen.scrollback().join('\n');
		expect(scrolledOut).toMatch(/✔ infra .*\n.*kept/);
		expect(scrolledOut).toContain('! old-site');
		expect(scrolledOut).toContain('acme → /srv/backup/acme');
	});

	it('gives the cursor back when the program is ended', async () => {
		const screen = open(80, 24, 5);
		await screen.waitFor('looked at');
		screen.kill('SIGTERM');
		expect(await screen.exited).toMatchObject({code: 143});
		expect(screen.cursor()).toMatchObject({isVisible: true, column: 0});
	});

	it('gives the cursor back when the program crashes', async () => {
		const screen = open(80, 24, 5);
		await screen.waitFor('looked at');
		expect(screen.cursor().isVisible).toBe(false);
		screen.type('c');
		expect(await screen.exited).toMatchObject({code: 1});
		expect(screen.cursor().isVisible).toBe(true);
		expect(screen.text()).toContain('Error: a bug');
	});

	it('is plain ASCII in a terminal without more, and uses no colour with NO_COLOR', async () => {
		const screen = open(80, 24, 5, {LANG: 'C', NO_COLOR: '1'});
		await screen.waitFor('looked at');
		await next(screen, /legacy-billing +starting/);
		expect(screen.text()).toMatch(/^[\x20-\x7E\n]*$/);
		expect(screen.text()).toContain('acme -> /srv/backup/acme');
		expect(screen.output()).not.toContain(bold);
	});

	it('gives way to plain lines in a dumb terminal', async () => {
		const screen = open(80, 24, 5, {TERM: 'dumb'}, ['at-once']);
		expect(await screen.exited).toMatchObject({code: 3});
		expect(screen.output()).not.toContain('\u001B[?');
		expect(screen.text()).toMatch(/\d\d:\d\d:\d\d acme\/infra: updated/);
	});
});
