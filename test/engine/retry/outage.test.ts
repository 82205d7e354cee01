import {expect, it} from 'vitest';
import {type Failure, FailureError} from '../../../source/domain/failure/failure.ts';
import {attempt, mostAttempts} from '../../../source/engine/retry/attempt.ts';
import {createHostGate, mostOutages} from '../../../source/engine/retry/host-gate.ts';
import {createFakeClock} from '../../helpers/fake-clock.ts';

const away: Failure = {kind: 'network', problem: 'unreachable', detail: 'no route'};
const {signal} = new AbortController();

const setUp = () => {
	const clock = createFakeClock();
	const closings: Failure[] = [];
	const gate = createHostGate(clock, 4, {
		onClose: (failure) => closings.push(failure),
		onOpen: () => {},
	});
	let asked = 0;
	let awayFor = 0;
	const ask = (): Promise<void> =>
		attempt(
			async () => {
				asked += 1;
				awayFor -= 1;
				if (awayFor >= 0) {
					throw new FailureError(away);
				}
			},
			{gate, clock, signal},
		);
	/** For so many requests the host is out of reach. */
	const goAway = (requests: number): void => {
		awayFor = requests;
	};
	return {clock, gate, closings, ask, goAway, asked: () => asked};
};

it('an outage is waited out by all together, without counting as their attempts', async () => {
	const {clock, closings, ask, goAway} = setUp();
	await ask();
	goAway(mostOutages);
	await Promise.all([ask(), ask(), ask()]);

	expect(closings).toContainEqual(away);
	expect(Math.max(...clock.waits)).toBeLessThan(5 * 60_000);
});

it('one that goes on for minutes ends it for everybody at once', async () => {
	const {ask, goAway, asked} = setUp();
	await ask();
	goAway(1000);
	await expect(ask()).rejects.toMatchObject({failure: away});
	const before = asked();
	await expect(ask()).rejects.toMatchObject({failure: away});
	expect(asked()).toBe(before);
});

it('a host that never answered is not waited for longer than any failure', async () => {
	const {closings, ask, goAway, asked} = setUp();
	goAway(1000);
	await expect(ask()).rejects.toMatchObject({failure: away, attempts: mostAttempts});
	expect(asked()).toBe(mostAttempts);
	expect(closings).toEqual([]);
});

it('an outage of git alone ends the attempts too, though the API answers', async () => {
	const {clock, gate, ask} = setUp();
	await ask();
	let tries = 0;
	const askInVain = attempt(
		async () => {
			gate.relax();
			tries += 1;
			throw tries > 100 ? new Error('it goes on for ever') : new FailureError(away);
		},
		{gate, clock, signal},
	);
	await expect(askInVain).rejects.toMatchObject({failure: away, attempts: mostAttempts});
	expect(tries).toBeGreaterThan(mostOutages);
});
