import {describe, expect, it} from 'vitest';
import {exitCodes} from '../../../source/domain/failure/exit-code.ts';
import {commitFile, forcePush, readOid, readRefs} from '../../helpers/upstream.ts';
import {expectWhole} from '../../helpers/whole-mirror.ts';
import {setUpWorkspace} from '../../helpers/workspace.ts';

const acme = setUpWorkspace();

/** How often we asked for refs, and how often git did. */
const countAsked = (): {readonly ours: number; readonly gits: number} => {
	const asked = acme.sandbox.requests.filter(({path}) => path.endsWith('/info/refs'));
	// Only git asks for the second version of its protocol.
	const gits = asked.filter(({headers}) => headers['git-protocol'] !== undefined).length;
	return {ours: asked.length - gits, gits};
};

describe('a first copy', () => {
	it('asks for refs once before git does', async () => {
		const {path} = await acme.add('api');
		await acme.add('empty-wiki', {hasWiki: true});

		expect((await acme.run()).exitCode).toBe(exitCodes.done);
		expect(await readRefs(acme.mirror('api'))).toEqual(await readRefs(path));
		expect(countAsked()).toEqual({ours: 3, gits: 2});
	});

	it('has the refs that moved after the look, and keeps nothing back', async () => {
		const {path} = await acme.add('api');
		await commitFile(path, {branch: 'feature'});
		const meanwhile = async (): Promise<void> => {
			await commitFile(path, {branch: 'new'});
			await forcePush(path, {branch: 'feature'});
		};
		acme.sandbox.addFault({
			match: {service: 'git', path: /info\/refs/},
			after: 1,
			times: 1,
			answer: {kind: 'meanwhile', run: meanwhile},
		});

		const {exitCode, outcomes} = await acme.run();

		expect(exitCode).toBe(exitCodes.done);
		expect(outcomes.get('acme/api')).toMatchObject({how: 'new', refs: 3, kept: []});
		await expectWhole(path, acme.mirror('api'), [await readOid(path, 'feature')]);
		expect((await acme.run()).outcomes.get('acme/api')).toMatchObject({result: 'unchanged'});
	});

	it('is not short of the refs that git was not told of', async () => {
		const {path} = await acme.add('api');
		acme.sandbox.addFault({
			match: {method: 'POST', service: 'git'},
			times: 1,
			answer: {
				kind: 'answer',
				status: 200,
				headers: {'content-type': 'application/x-git-upload-pack-result'},
				body: '0000',
			},
		});

		const {exitCode, outcomes} = await acme.run();

		expect(exitCode).toBe(exitCodes.done);
		expect(outcomes.get('acme/api')).toMatchObject({how: 'new', refs: 1, changes: {created: 1}});
		await expectWhole(path, acme.mirror('api'), []);
		expect((await acme.run()).outcomes.get('acme/api')).toMatchObject({result: 'unchanged'});
	});
});
