import {getEventListeners} from 'node:events';
import {expect, it} from 'vitest';
import {onAbort} from '../../../source/adapters/bitbucket/on-abort.ts';

it('what is registered ends with its signal, what was taken back does not, and one listener does for all', () => {
	const [run, other] = [new AbortController(), new AbortController()];
	const ended: string[] = [];
	const register = (controller: AbortController, name: string): (() => void) =>
		onAbort(controller.signal, () => ended.push(name));
	register(run, 'first');
	const forget = register(run, 'done');
	register(run, 'last');
	register(other, 'elsewhere');
	forget();

	expect(getEventListeners(run.signal, 'abort')).toHaveLength(1);
	run.abort();
	expect(ended).toEqual(['first', 'last']);
});
