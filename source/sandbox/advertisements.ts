import {Readable} from 'node:stream';
import {buffer} from 'node:stream/consumers';
import type {Answer} from './answer.ts';

/**
 * Ref advertisements kept in memory, so that a benchmark measures the client and not the git
 * processes of the server. What changes in a repository is not seen until it is forgotten here.
 */
export type Advertisements = {
	read(path: string, variant: string, ask: () => Promise<Answer>): Promise<Answer>;
	/** Of one bare repository, or all. */
	forget(path?: string): void;
};

export const keepAdvertisements = (): Advertisements => {
	const kept = new Map<string, Map<string, Answer>>();
	return {
		read: async (path, variant, ask) => {
			const known = kept.get(path)?.get(variant);
			if (known !== undefined) {
				return known;
			}
			const answer = await ask();
			if (answer.status !== 200 || !(answer.body instanceof Readable)) {
				return answer;
			}
			const whole = {...answer, body: await buffer(answer.body)};
			const variants = kept.get(path) ?? new Map<string, Answer>();
			kept.set(path, variants.set(variant, whole));
			return whole;
		},
		forget: (path) => {
			if (path === undefined) {
				kept.clear();
			} else {
				kept.delete(path);
			}
		},
	};
};

export const askEveryTime: Advertisements = {
	read: (_path, _variant, ask) => ask(),
	forget: () => undefined,
};
