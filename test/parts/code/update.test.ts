import {readdirSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {exitCodes} from '../../../source/domain/failure/exit-code.ts';
import {commitFile, forcePush, readOid, readRefs} from '../../helpers/upstream.ts';
import {expectWhole} from '../../helpers/whole-mirror.ts';
import {setUpWorkspace} from '../../helpers/workspace.ts';

const acme = setUpWorkspace();

/** Does it when the next request for a pack arrives. */
const meanwhile = (run: () => Promise<void>): void => {
	acme.sandbox.addFault({
		match: {service: 'git', method: 'POST'},
		times: 1,
		answer: {kind: 'meanwhile', run},
	});
};

describe('a branch that moves between look and fetch', () => {
	it.each([
		['newer', false],
		['old', true],
	])(
		'is looked at again if its old tip is not there any more, in the %s protocol',
		async (_, isOld) => {
			const [{path}] = await acme.addSaved('api');
			acme.sandbox.speakOldProtocol(isOld);
			const seen = await commitFile(path);
			meanwhile(async () => {
				await forcePush(path);
				await commitFile(path, {branch: 'new'});
				rmSync(join(path, 'objects', seen.slice(0, 2), seen.slice(2)));
			});

			const {exitCode, outcomes, events} = await acme.run();

			expect(exitCode).toBe(exitCodes.done);
			expect(outcomes.get('acme/api')).toMatchObject({how: 'updated', changes: {created: 1}});
			await expectWhole(path, acme.mirror('api'), []);
			const fellBack = events.filter(({type}) => type === 'repository-fell-back');
			expect(fellBack.length > 0).toBe(isOld);
		},
	);

	it('is saved as it was seen if its old tip is still there, and the next run has both', async () => {
		const [{path}] = await acme.addSaved('api');
		const seen = await commitFile(path);
		meanwhile(async () => {
			await forcePush(path);
		});

		expect((await acme.run()).exitCode).toBe(exitCodes.done);
		expect(await readOid(acme.mirror('api'), 'main')).toBe(seen);

		const {outcomes} = await acme.run();
		expect(outcomes.get('acme/api')).toMatchObject({kept: ['refs/heads/main']});
		expect(await readRefs(acme.mirror('api'))).toEqual(await readRefs(path));
		await expectWhole(path, acme.mirror('api'), [seen]);
	});
});

it('a pack is held no longer once the refs are moved', async () => {
	const [{path}] = await acme.addSaved('api');
	await acme.add('web');
	await commitFile(path);
	await acme.run();
	const files = ['api', 'web'].flatMap((slug) =>
		readdirSync(join(acme.mirror(slug), 'objects', 'pack')),
	);
	expect(files.filter((name) => name.endsWith('.pack'))).toHaveLength(3);
	expect(files.filter((name) => name.endsWith('.keep'))).toEqual([]);
});
