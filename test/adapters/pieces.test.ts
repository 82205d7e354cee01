import {expect, it} from 'vitest';
import {splitAt} from '../../source/adapters/pieces.ts';

it('the rest of content ends its source, also before its first piece is read', async () => {
	let isEnded = false;
	const content = (async function* () {
		try {
			yield Buffer.from('head|body');
			yield Buffer.from('tail');
		} finally {
			isEnded = true;
		}
	})();
	const {begin, rest} = await splitAt(content, (bytes) => bytes.indexOf('|'));
	expect(begin.toString()).toBe('head');
	await rest?.return?.();
	expect(isEnded).toBe(true);
});
