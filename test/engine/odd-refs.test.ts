import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {exitCodes} from '../../source/domain/failure/exit-code.ts';
import {makeBareRepository} from '../../source/sandbox/bare-repository.ts';
import {makeHome} from '../helpers/program.ts';
import {branch, commitFile, forcePush, git, readOid, readRefs, tag} from '../helpers/upstream.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

describe('branches and tags whose names git reads as two', () => {
	const addTwins = async (): Promise<string> => {
		const {path} = await acme.add('api');
		await branch(path, 'feature');
		for (const name of ['refs/heads/main', 'heads/feature', 'refs/cistern/history', 'HEAD']) {
			await commitFile(path, {branch: name, file: 'twin.txt'});
		}

		await tag(path, 'main', 'feature');
		return path;
	};

	it('take no old tip away, and history names the rewrite', async () => {
		const path = await addTwins();
		await commitFile(path, {branch: 'feature', file: 'lost.txt'});
		await acme.run();
		const old = await readOid(path, 'refs/heads/feature');
		await commitFile(path);
		await forcePush(path, {branch: 'feature'});
		const {exitCode, outcomes} = await acme.run();

		expect(exitCode).toBe(exitCodes.done);
		expect(outcomes.get('acme/api')).toMatchObject({changes: {forwarded: 1, rewritten: 1}});
		const mirror = acme.mirror('api');
		await git(mirror, 'gc', '--quiet', '--prune=now');
		expect([...(await readRefs(mirror, 'refs/cistern/kept/')).values()]).toEqual([old]);
		expect(
			await git(mirror, 'log', '-1', '--format=%B', '--glob=refs/cistern/histor[y]'),
		).toContain(`rewritten ${old}`);
	});

	it('are pushed on restore, each below its own name, also after an interrupted push', async () => {
		const path = await addTwins();
		const home = makeHome(acme.sandbox);
		await home.run(['--yes']);
		const remote = join(home.folder, 'remote.git');
		makeBareRepository(remote, 'main');
		const twin = 'refs/heads/refs/heads/main';
		await git(remote, 'fetch', '--quiet', path, `${twin}:${twin}`);
		const {exitCode} = await home.run(['restore', 'api', '--push', remote]);

		expect(exitCode).toBe(exitCodes.done);
		expect(await readRefs(remote)).toEqual(await readRefs(path));
	});
});
