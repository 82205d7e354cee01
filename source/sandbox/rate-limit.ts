import {userOf} from './access.ts';
import type {Caller} from './model.ts';

const window = 60 * 60 * 1000;

/**
 * Bitbucket's limit of requests to the API in the last hour, for each user and each access token. It
 * sends no header that tells how many are left.
 */
export const createRateLimit = (now: () => number) => {
	const asked = new Map<string, number[]>();
	let most = Number.POSITIVE_INFINITY;
	return {
		limit: (requests: number): void => {
			most = requests;
		},
		/** Counts a request. False for one that is refused, which is not counted. */
		admit: (caller: Caller): boolean => {
			const name = userOf(caller);
			const time = now();
			const recent = (asked.get(name) ?? []).filter((each) => each > time - window);
			asked.set(name, recent);
			if (recent.length >= most) {
				return false;
			}
			recent.push(time);
			return true;
		},
	};
};
