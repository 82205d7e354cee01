import {describe, expect, it} from 'vitest';
import {createHostGate} from '../../../source/engine/effort/host-gate.ts';
import {createFakeClock} from '../../helpers/fake-clock.ts';

const minute = 60_000;
const {signal} = new AbortController();

describe('the wait that a host asked for', () => {
	it.each([
		['set back', -24 * 60 * minute],
		['set ahead', 24 * 60 * minute],
	])('stays as long when the clock is %s meanwhile', async (_, distance) => {
		const clock = createFakeClock();
		const until: number[] = [];
		const gate = createHostGate('bitbucket.org', clock, {
			onClose: (_host, _failure, time) => until.push(time),
			onOpen: () => {},
		});
		const ticket = await gate.pass(signal);
		const started = clock.now();

		gate.close(ticket, {kind: 'rate-limited', retryAfter: minute}, minute);
		gate.leave();
		clock.jump(distance);
		await gate.pass(signal);

		expect(clock.waits).toEqual([minute + 500]);
		expect(until).toEqual([started + minute + 500]);
	});
});
