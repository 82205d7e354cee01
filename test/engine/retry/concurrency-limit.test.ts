import {describe, expect, it} from 'vitest';
import {createHostGate, type HostGate} from '../../../source/engine/retry/host-gate.ts';
import {createFakeClock} from '../../helpers/fake-clock.ts';

const {signal} = new AbortController();
const listener = {onClose: () => {}, onOpen: () => {}};
const limit = {kind: 'rate-limited', retryAfter: undefined} as const;

/** Sends so many to the gate, and tells how many are through. */
const send = async (gate: HostGate, count: number): Promise<() => Promise<number>> => {
	let through = 0;
	for (let index = 0; index < count; index += 1) {
		void gate.pass(signal).then(() => {
			through += 1;
		});
	}

	return async () => {
		await new Promise(setImmediate);
		return through;
	};
};

const leaveAll = (gate: HostGate, count: number): void => {
	for (let index = 0; index < count; index += 1) {
		gate.leave();
	}
};

describe('how many a host is asked at once', () => {
	it('is as many as come, half of them after a limit, and one more with each round of answers', async () => {
		const gate = createHostGate(createFakeClock(), 4, listener);
		const first = await send(gate, 8);
		expect(await first()).toBe(8);

		gate.close(0, limit);
		leaveAll(gate, 8);
		const second = await send(gate, 20);
		expect(await second()).toBe(4);

		for (let answers = 0; answers < 5; answers += 1) {
			gate.relax();
		}

		expect(await second()).toBe(5);
		leaveAll(gate, 5);
		expect(await second()).toBe(10);
	});

	it('is halved by three cut connections in a row, down to one, and not by single ones', async () => {
		const gate = createHostGate(createFakeClock(), 4, listener);
		await (await send(gate, 4))();
		for (const sign of ['strain', 'strain', 'relax', 'strain', 'strain', 'relax'] as const) {
			gate[sign]();
		}

		expect(await (await send(gate, 4))()).toBe(4);
		for (let cuts = 0; cuts < 30; cuts += 1) {
			gate.strain();
		}

		leaveAll(gate, 8);
		expect(await (await send(gate, 4))()).toBe(1);
	});

	it('is as many as transfers go after an outage, however many ask, and more with the answers', async () => {
		const gate = createHostGate(createFakeClock(), 4, listener);
		gate.relax();
		await (await send(gate, 32))();
		for (let ticket = 0; ticket < 3; ticket += 1) {
			gate.lose(ticket, {kind: 'network', problem: 'unreachable', detail: ''});
		}

		leaveAll(gate, 32);
		const again = await send(gate, 32);
		expect(await again()).toBe(4);
		for (let answers = 0; answers < 5; answers += 1) {
			gate.relax();
		}

		expect(await again()).toBe(5);
	});

	it('ends the wait of a run that was aborted', async () => {
		const gate = createHostGate(createFakeClock(), 4, listener);
		await gate.pass(signal);
		gate.close(0, limit);
		const ending = new AbortController();
		const waiting = gate.pass(ending.signal);
		ending.abort(new Error('ended'));
		await expect(waiting).rejects.toThrow('ended');
	});
});
