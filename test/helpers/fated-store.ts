import {expect} from 'vitest';
import {FailureError} from '../../source/domain/failure/failure.ts';
import type {SealedStore, StoreBody} from '../../source/ports/store.ts';
import type {World} from '../../source/ports/world.ts';
import {Death} from './dying-world.ts';

/** The fate of the n-th object that a run writes, under this name. */
export type Fate = (
	object: number,
	name: string,
) => 'written' | 'killed before' | 'killed after' | 'refused';

/** A world in which no name of a store is written twice, and in which runs meet their fate. */
export const withFate =
	(fate: Fate, written: Map<string, string> = new Map()) =>
	(world: World): World => ({
		...world,
		openStore: (settings): SealedStore => {
			const store = world.openStore(settings);
			let objects = 0;
			let isDead = false;
			return {
				...store,
				put: async (name: string, body: StoreBody, signal: AbortSignal) => {
					objects += 1;
					const end = fate(objects, name);
					isDead ||= end === 'killed before';
					if (isDead) {
						throw new Death('killed');
					}

					if (end === 'refused') {
						throw new FailureError({kind: 'store-full', store: store.title, detail: 'no room'});
					}

					expect(written.get(name) ?? body.sha256).toBe(body.sha256);
					written.set(name, body.sha256);
					const result = await store.put(name, body, signal);
					isDead ||= end === 'killed after';
					if (isDead) {
						throw new Death('killed');
					}

					return result;
				},
			};
		},
	});
