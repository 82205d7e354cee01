import {expect, it} from 'vitest';
import type {Failure} from '../../../source/domain/failure/failure.ts';
import {watchSignIn} from '../../../source/engine/retry/sign-in-watch.ts';

const refused: Failure = {kind: 'credentials-refused', door: 'git'};

it('a thousand repositories that refuse for reasons of their own do not make the API be asked for each', async () => {
	let asked = 0;
	const ended: Failure[] = [];
	const watch = watchSignIn({
		readAccount: async () => {
			asked += 1;
			return {kind: 'access-token', displayName: undefined, userName: undefined, scopes: undefined};
		},
		onRefused: (failure) => ended.push(failure),
	});
	watch.sawSuccess();
	for (let index = 0; index < 1000; index += 1) {
		await watch.sawFailure(refused);
	}

	expect(ended).toEqual([]);
	expect(asked).toBeLessThan(12);
});
