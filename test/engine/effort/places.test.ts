import {describe, expect, it} from 'vitest';
import {createPlaces} from '../../../source/engine/effort/places.ts';

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('places', () => {
	it('are given to who came first, and the others are told that they wait', async () => {
		const take = createPlaces(2);
		const told: string[] = [];
		const ends = ['a', 'b', 'c', 'd'].map((name) => {
			const {promise, resolve, reject} = Promise.withResolvers<void>();
			const done = take(
				() => {
					told.push(`${name} began`);
					return promise;
				},
				{
					onHeld: () => told.push(`${name} waits`),
					onReleased: () => told.push(`${name} may go`),
				},
			);
			return {resolve, reject, done};
		});
		const [a, b, c, d] = ends;
		expect(told).toEqual(['a began', 'b began', 'c waits', 'd waits']);

		b?.reject(new Error('no more'));
		await expect(b?.done).rejects.toThrow('no more');
		await settle();
		expect(told.slice(4)).toEqual(['c may go', 'c began']);
		for (const each of [a, c]) {
			each?.resolve();
			await each?.done;
		}
		d?.resolve();
		await d?.done;
		expect(told.slice(6)).toEqual(['d may go', 'd began']);
	});
});
