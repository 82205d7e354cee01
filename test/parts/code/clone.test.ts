import {rmSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {exitCodes} from '../../../source/domain/failure/exit-code.ts';
import {commitFile, forcePush, readOid, readRefs} from '../../helpers/upstream.ts';
import {expectWhole} from '../../helpers/whole-mirror.ts';
import {setUpWorkspace} from '../../helpers/workspace.ts';

const acme = setUpWorkspace();

/** How often we asked for refs, how often git did, and how often one of us asked for a pack. */
const countAsked = () => {
	const {requests} = acme.sandbox;
	const asked = requests.filter(({path}) => path.endsWith('/info/refs'));
	// Only git asks for refs in the second version of its protocol.
	const gits = asked.filter(({headers}) => headers['git-protocol'] !== undefined).length;
	const packs = requests.filter(({path}) => path.endsWith('/git-upload-pack')).length;
	return {ours: asked.length - gits, gits, packs};
};

describe('a first copy', () => {
	it('asks for refs once, and for a pack once', async () => {
		const {path} = await acme.add('api');
		await acme.add('empty-wiki', {hasWiki: true});

		const {exitCode, events} = await acme.run();

		expect(exitCode).toBe(exitCodes.done);
		expect(await readRefs(acme.mirror('api'))).toEqual(await readRefs(path));
		expect(countAsked()).toEqual({ours: 3, gits: 0, packs: 2});
		expect(events.filter(({type}) => type === 'repository-fell-back')).toEqual([]);
	});

	it('is left to git, and said to be, where the server speaks no newer protocol; only the first is asked', async () => {
		const {path} = await acme.add('api');
		await acme.add('web');
		acme.sandbox.speakOldProtocol(true);

		const {exitCode, events} = await acme.run({run: {concurrency: 1}});

		expect(exitCode).toBe(exitCodes.done);
		expect(await readRefs(acme.mirror('api'))).toEqual(await readRefs(path));
		expect(countAsked()).toEqual({ours: 2, gits: 2, packs: 3});
		const fellBack = events.filter(({type}) => type === 'repository-fell-back');
		expect(fellBack).toMatchObject(
			['acme/api', 'acme/web'].map((repository) => ({
				repository,
				reason: 'it answered nothing',
			})),
		);
	});

	it('has the refs that moved after the look and whose old objects are gone, and keeps nothing back', async () => {
		const {path} = await acme.add('api');
		const old = await commitFile(path, {branch: 'feature'});
		const meanwhile = async (): Promise<void> => {
			await commitFile(path, {branch: 'new'});
			await forcePush(path, {branch: 'feature'});
			rmSync(join(path, 'objects', old.slice(0, 2), old.slice(2)));
		};
		acme.sandbox.addFault({
			match: {service: 'git', method: 'POST'},
			times: 1,
			answer: {kind: 'meanwhile', run: meanwhile},
		});

		const {exitCode, outcomes, events} = await acme.run();

		expect(exitCode).toBe(exitCodes.done);
		expect(events.filter(({type}) => type === 'repository-fell-back')).toEqual([]);
		expect(outcomes.get('acme/api')).toMatchObject({how: 'new', refs: 3, kept: []});
		await expectWhole(path, acme.mirror('api'), [await readOid(path, 'feature')]);
		expect((await acme.run()).outcomes.get('acme/api')).toMatchObject({result: 'unchanged'});
	});

	it('has the refs of a second look if the first was a minute ago', async () => {
		await acme.add('api');
		const {path} = await acme.add('web');
		const wait = async (): Promise<void> => {
			await commitFile(path, {branch: 'new'});
			acme.clock.advance(60_000);
		};
		acme.sandbox.addFault({
			match: {repository: 'acme/api', method: 'POST'},
			answer: {kind: 'meanwhile', run: wait},
		});

		await acme.run({run: {concurrency: 1}});

		expect(countAsked()).toEqual({ours: 3, gits: 0, packs: 2});
		await expectWhole(path, acme.mirror('web'), [await readOid(path, 'new')]);
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
