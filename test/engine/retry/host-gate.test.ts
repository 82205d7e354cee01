import {describe, expect, it} from 'vitest';
import {createHostGate} from '../../../source/engine/retry/host-gate.ts';
import {createFakeClock} from '../../helpers/fake-clock.ts';

const minute = 60_000;
const {signal} = new AbortController();

describe('a host that asks for an hour again and again', () => {
	const hourly = {kind: 'rate-limited', retryAfter: 60 * minute} as const;
	const setUp = (maxWait?: number) => {
		const clock = createFakeClock();
		const gate = createHostGate(clock, 4, {onClose: () => {}, onOpen: () => {}}, maxWait);
		const refuse = async (): Promise<void> => {
			const ticket = await gate.pass(signal);
			gate.close(ticket, hourly);
			gate.leave();
		};
		return {clock, gate, refuse};
	};

	it('is waited for twice, and what is left is for next time', async () => {
		const {clock, refuse} = setUp();
		await refuse();
		await refuse();
		await refuse();

		await expect(refuse()).rejects.toMatchObject({failure: hourly});
		expect(clock.elapsed()).toBeLessThan(3 * 60 * minute);
		expect(clock.waits.length).toBe(2);
	});

	it('is waited for each time if it answers in between', async () => {
		const {clock, gate, refuse} = setUp();
		for (let hour = 0; hour < 5; hour += 1) {
			await refuse();
			await gate.pass(signal);
			gate.relax();
			gate.leave();
		}

		expect(clock.waits.length).toBe(5);
	});

	it('is waited for no longer altogether than the user allows, though it answers in between', async () => {
		const {clock, gate, refuse} = setUp(150 * minute);
		for (let hour = 0; hour < 3; hour += 1) {
			await refuse();
			if (hour < 2) {
				await gate.pass(signal);
				gate.relax();
				gate.leave();
			}
		}

		await expect(gate.pass(signal)).rejects.toMatchObject({failure: hourly});
		expect(clock.waits.length).toBe(2);
	});
});

describe('the wait that a host asked for', () => {
	it('is not believed if it is longer than its window of an hour can be', async () => {
		const clock = createFakeClock();
		const gate = createHostGate(clock, 4, {onClose: () => {}, onOpen: () => {}});
		const ticket = await gate.pass(signal);
		gate.close(ticket, {kind: 'rate-limited', retryAfter: 24 * 60 * minute});
		gate.leave();
		await gate.pass(signal);
		expect(clock.elapsed()).toBeGreaterThan(60 * minute);
		expect(clock.elapsed()).toBeLessThan(70 * minute);
	});

	it.each([
		['set back', -24 * 60 * minute],
		['set ahead', 24 * 60 * minute],
	])('stays as long when the clock is %s meanwhile', async (_, distance) => {
		const clock = createFakeClock();
		const until: number[] = [];
		const gate = createHostGate(clock, 4, {
			onClose: (_failure, time) => until.push(time),
			onOpen: () => {},
		});
		const ticket = await gate.pass(signal);
		const started = clock.now();

		gate.close(ticket, {kind: 'rate-limited', retryAfter: minute});
		gate.leave();
		clock.jump(distance);
		await gate.pass(signal);

		expect(clock.waits).toEqual([minute + 500]);
		expect(until).toEqual([started + minute + 500]);
	});
});
