import {existsSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {exitCodes} from '../../source/domain/failure/exit-code.ts';
import {branch, commitFile, readOid, readRefs, git as runGit} from '../helpers/upstream.ts';
import {expectWhole} from '../helpers/whole-mirror.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

/** Takes a loose object away from upstream. */
const lose = async (path: string, name: string): Promise<() => Promise<void>> => {
	const oid = await readOid(path, name);
	const content = await runGit(path, 'cat-file', 'blob', oid);
	const file = join(path, 'objects', oid.slice(0, 2), oid.slice(2));
	rmSync(file);
	return async () => {
		await commitFile(path, {branch: 'whole', file: 'again.txt', content});
	};
};

describe('an upstream that lacks an object of its own', () => {
	const makeDamaged = async () => {
		const {path} = await acme.add('api');
		for (const name of ['a', 'b', 'bad', 'whole']) {
			await branch(path, name);
		}

		await commitFile(path, {branch: 'bad', file: 'lost.txt'});
		const repair = await lose(path, 'bad:lost.txt');
		await commitFile(path, {branch: 'bad', file: 'more.txt'});
		return {path, repair};
	};

	it('is named as that at once, each whole branch is saved, and all once it is repaired', async () => {
		const {path, repair} = await makeDamaged();
		for (const night of ['first', 'second']) {
			await commitFile(path, {branch: 'a'});
			const {exitCode, outcomes} = await acme.run();
			expect(exitCode).toBe(exitCodes.incomplete);
			expect(outcomes.get('acme/api')).toMatchObject({
				result: 'failed',
				failure: {
					kind: 'upstream-damaged',
					refs: ['refs/heads/bad'],
					detail: expect.stringMatching(/unable to read [0-9a-f]{40} .* on the remote side\.$/),
				},
			});
			const refs = await readRefs(path);
			refs.delete('refs/heads/bad');
			expect(await readRefs(acme.mirror('api')), night).toEqual(refs);
		}

		await repair();
		expect((await acme.run()).exitCode).toBe(exitCodes.done);
		await expectWhole(path, acme.mirror('api'), []);
	});

	it('keeps a branch as it was saved before, and brings the others', async () => {
		const [{path}] = await acme.addSaved('api');
		await branch(path, 'bad');
		await acme.run();
		const saved = await readOid(path, 'bad');
		await commitFile(path, {branch: 'bad', file: 'lost.txt'});
		await lose(path, 'bad:lost.txt');
		await commitFile(path);
		expect((await acme.run()).outcomes.get('acme/api')).toMatchObject({
			failure: {kind: 'upstream-damaged', refs: ['refs/heads/bad']},
		});
		const refs = await readRefs(path);
		expect(await readRefs(acme.mirror('api'))).toEqual(refs.set('refs/heads/bad', saved));
	});

	it('saves nothing if nothing can be had', async () => {
		const {path} = await acme.add('api');
		await lose(path, 'main:README.md');
		expect((await acme.run()).outcomes.get('acme/api')).toMatchObject({
			failure: {kind: 'upstream-damaged', refs: ['refs/heads/main']},
		});
		expect(existsSync(acme.mirror('api'))).toBe(false);
	});
});
