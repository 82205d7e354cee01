import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest';
import {type Line, openWindow, type Window} from '../../../source/ui/live/window.ts';
import {styleFor} from '../../../source/ui/text/style.ts';
import {createFakeTerminal, type FakeTerminal} from '../../helpers/fake-terminal.ts';

const open = (draw: () => readonly string[]): {terminal: FakeTerminal; window: Window} => {
	const terminal = createFakeTerminal();
	const window = openWindow({
		terminal,
		clock: {
			now: () => Date.now(),
			elapsed: () => Date.now(),
			random: () => 0,
			sleep: () => Promise.resolve(),
		},
		style: styleFor(terminal),
		ellipsis: '…',
		draw: (): readonly Line[] => draw().map((text) => [{text}]),
	});
	return {terminal, window};
};

const countPaints = (terminal: FakeTerminal): number =>
	terminal.error().split('\u001B[?2026h').length - 1;

describe('the window on the terminal', () => {
	beforeEach(() => {
		vi.useFakeTimers();
	});
	afterEach(() => {
		vi.useRealTimers();
	});

	it('is painted at most ten times a second, however much happens', async () => {
		let count = 0;
		const {terminal, window} = open(() => [`${count}`]);
		for (let milliseconds = 0; milliseconds < 995; milliseconds += 5) {
			count += 1;
			window.touch();
			await vi.advanceTimersByTimeAsync(5);
		}
		expect(countPaints(terminal)).toBeGreaterThan(5);
		expect(countPaints(terminal)).toBeLessThanOrEqual(10);
		window.close();
	});

	it('writes nothing if nothing changed', async () => {
		const {terminal, window} = open(() => ['the same']);
		window.touch();
		await vi.advanceTimersByTimeAsync(1000);
		const before = terminal.error();
		for (let second = 0; second < 60; second += 1) {
			window.touch();
			await vi.advanceTimersByTimeAsync(1000);
		}
		expect(terminal.error()).toBe(before);
		window.close();
	});

	it('writes only the lines that changed', async () => {
		let count = 0;
		const {terminal, window} = open(() => ['the same', `count ${count}`, 'the same too']);
		window.touch();
		await vi.advanceTimersByTimeAsync(1);
		const first = terminal.error().length;
		count = 1;
		window.touch();
		await vi.advanceTimersByTimeAsync(200);
		expect(terminal.error().slice(first)).toContain('count 1');
		expect(terminal.error().slice(first)).not.toContain('the same');
		window.close();
	});

	it('erases text that the user typed below it when it closes', async () => {
		const {terminal, window} = open(() => ['a']);
		window.touch();
		await vi.advanceTimersByTimeAsync(1);
		const before = terminal.error().length;
		window.close();
		const erased = terminal.error().slice(before).split('\u001B[2K').length - 1;
		expect(erased).toBeGreaterThanOrEqual(2);
	});

	it('is painted again as time goes by, without an event', async () => {
		const {terminal, window} = open(() => [`at ${Date.now()}`]);
		await vi.advanceTimersByTimeAsync(3500);
		expect(countPaints(terminal)).toBe(3);
		window.close();
	});

	it('shows the last state within a tenth of a second', async () => {
		let text = 'first';
		const {terminal, window} = open(() => [text]);
		window.touch();
		await vi.advanceTimersByTimeAsync(1);
		text = 'last';
		window.touch();
		await vi.advanceTimersByTimeAsync(101);
		expect(terminal.error()).toContain('last');
		window.close();
	});

	it('waits until a change of size is over, and then paints', async () => {
		let count = 0;
		const {terminal, window} = open(() => [`count ${count}`]);
		window.touch();
		await vi.advanceTimersByTimeAsync(1);
		for (const columns of [70, 60, 50]) {
			count += 1;
			window.touch();
			terminal.resize(columns, 24);
			await vi.advanceTimersByTimeAsync(250);
		}
		expect(countPaints(terminal)).toBe(1);
		await vi.advanceTimersByTimeAsync(160);
		expect(countPaints(terminal)).toBe(2);
		expect(terminal.error()).toContain('count 3');
		window.close();
	});

	it('shows each paint at once, in a terminal that can', async () => {
		const {terminal, window} = open(() => ['a', 'b']);
		window.touch();
		await vi.advanceTimersByTimeAsync(1);
		expect(terminal.error().startsWith('\u001B[?2026h')).toBe(true);
		expect(terminal.error().endsWith('\u001B[?2026l')).toBe(true);
		window.close();
	});

	it('hides the cursor while it is open, and paints no more once it is closed', async () => {
		const {terminal, window} = open(() => [`at ${Date.now()}`]);
		expect(terminal.isCursorHidden()).toBe(true);
		window.write(['stays']);
		await vi.advanceTimersByTimeAsync(200);
		window.close();
		expect(terminal.isCursorHidden()).toBe(false);
		expect(terminal.error()).toContain('stays\n');
		expect(terminal.isListenedTo()).toBe(false);
		const before = terminal.error();
		await vi.advanceTimersByTimeAsync(5000);
		window.touch();
		await vi.advanceTimersByTimeAsync(5000);
		expect(terminal.error()).toBe(before);
	});
});
