import {spawnSync} from 'node:child_process';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, it} from 'vitest';
import {makeAgents} from '../../../source/adapters/network/agents.ts';
import {openStore} from '../../../source/adapters/store/open-store.ts';
import {makeStore} from '../../helpers/store.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';

it('content that cannot be put aside on its way is a failure of this computer, and not of the store', async () => {
	const place = makeTemporaryFolder();
	const store = openStore(makeStore(join(place, 'store')), {agents: makeAgents(), version: 'test'});
	const {signal} = new AbortController();
	const large = join(place, 'large');
	writeFileSync(large, Buffer.alloc(2_000_000));
	await expect(
		store.sealInto(join(place, 'gone', 'aside'), {file: large}, signal),
	).rejects.toMatchObject({failure: {kind: 'folder-unusable', path: join(place, 'gone', 'aside')}});
});

it('a text that is compressed in several members is read as one, by every gunzip', async () => {
	const settings = makeStore(join(makeTemporaryFolder(), 'store'));
	const store = openStore(settings, {agents: makeAgents(), version: 'test'});
	const {signal} = new AbortController();
	for (const pieces of [[], ['é'.repeat(3_000_000)], Array(600_000).fill('line of a text 😀\n')]) {
		const text = pieces.join('');
		const name = `index/${text.length}.json.gz`;
		const body = await store.sealCompressed(pieces);
		await store.put(name, body, signal);
		expect((await store.openText(name, {identities: [], signal})) === text).toBe(true);
		const input = body.content instanceof Uint8Array ? body.content : '';
		const {stdout} = spawnSync('gunzip', {input, maxBuffer: 30_000_000});
		expect(stdout.equals(Buffer.from(text))).toBe(true);
	}
});
