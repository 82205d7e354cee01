import {describe, expect, it} from 'vitest';
import type {RepositoryHistory} from '../../../source/domain/history/repository-history.ts';
import {findRepositories} from '../../../source/engine/saved/find-repositories.ts';
import {readHistory} from '../../../source/engine/saved/read-history.ts';
import {parts} from '../../../source/parts/registry.ts';
import {importHistory} from '../../../source/sandbox/import-history.ts';
import {makeWorld} from '../../helpers/backup.ts';
import {Death, dyingWorld} from '../../helpers/dying-world.ts';
import {commitLoose} from '../../helpers/loose-history.ts';
import {writeRefFile} from '../../helpers/ref-files.ts';
import {
	commitFile,
	deleteRef,
	forcePush,
	git,
	readOid,
	tag,
	tagAnnotated,
} from '../../helpers/upstream.ts';
import {setUpWorkspace} from '../../helpers/workspace.ts';

const acme = setUpWorkspace();

const read = async (name = 'api'): Promise<RepositoryHistory> => {
	const {files, openGit} = makeWorld(acme.clock);
	const source = {source: 'acme', folder: acme.path()};
	const [found] = await findRepositories(files, [source], [name], parts);
	if (found === undefined) {
		throw new Error(`no ${name}`);
	}

	return readHistory({git: openGit('read-history'), clock: acme.clock}, found);
};

describe('the history of a repository', () => {
	it('lists every change, the newest first, with the commits that only the backup holds', async () => {
		const {path} = await acme.add('api');
		await commitFile(path, {message: 'Count twice'});
		await commitFile(path, {branch: 'release/1', message: 'Ship it\n\nat last'});
		const firstRun = new Date(acme.clock.now()).toISOString();
		await acme.run();
		await forcePush(path);
		await deleteRef(path, 'refs/heads/release/1');
		await acme.run();
		await commitFile(path);
		await acme.run();

		const {runs, repository, folder} = await read();

		expect([repository, folder]).toEqual(['acme/api', 'acme#api']);
		expect(runs.map(({refs, isFirst}) => ({refs, isFirst}))).toEqual([
			{refs: 1, isFirst: false},
			{refs: 1, isFirst: false},
			{refs: 2, isFirst: true},
		]);
		expect(runs[2]?.at).toBe(firstRun);
		expect(runs[0]?.changes).toMatchObject([
			{ref: 'refs/heads/main', kind: 'forwarded', kept: false, onlyHere: 0, commits: []},
		]);
		const ann = {author: 'Ann Example', email: 'ann@example.com'};
		expect(runs[1]?.changes).toMatchObject([
			{
				ref: 'refs/heads/main',
				kind: 'rewritten',
				kept: true,
				onlyHere: 2,
				commits: [{...ann, subject: 'Count twice'}, {...ann}],
			},
			{
				ref: 'refs/heads/release/1',
				kind: 'deleted',
				kept: true,
				onlyHere: 1,
				commits: [{...ann, subject: 'Ship it'}],
			},
		]);
	});

	it('lists the newest 20 of many commits, and counts all', async () => {
		const {path} = await acme.add('api');
		await importHistory(
			path,
			Array.from({length: 24}, (_, index) => ({
				kind: 'commit' as const,
				branch: 'main',
				message: `Step ${index}`,
				files: {'README.md': `${index}\n`},
				...(index === 0 ? {from: 'refs/heads/main^0'} : {}),
			})),
		);
		await acme.run();
		await forcePush(path);
		await acme.run();

		const [change] = (await read()).runs[0]?.changes ?? [];
		expect(change).toMatchObject({onlyHere: 25});
		expect(change?.commits.map(({subject}) => subject)).toEqual(
			Array.from({length: 20}, (_, index) => `Step ${23 - index}`),
		);
	});

	it('shows a commit whose date no calendar has', async () => {
		const {path} = await acme.add('api');
		for (const [index, at] of [9e14, 8_640_000_000_001, -1e14].entries()) {
			const commit = {parent: undefined, file: 'a', content: 'a', message: 'Late', at};
			writeRefFile(path, `refs/heads/odd-${index}`, commitLoose(path, commit) ?? '');
		}

		await acme.run();
		for (const index of [0, 1, 2]) {
			await deleteRef(path, `refs/heads/odd-${index}`);
		}

		await acme.run();

		const dates = (await read()).runs[0]?.changes.flatMap(({commits}) => commits);
		expect(dates?.map(({at}) => at).slice(0, 2)).toEqual([
			'9999-12-31T23:59:59.000Z',
			'9999-12-31T23:59:59.000Z',
		]);
		expect(dates).toHaveLength(3);
	});

	it('lists moved and deleted tags, also tags of tags and of files', async () => {
		const {path} = await acme.add('api');
		await tagAnnotated(path, 'v1');
		await tag(path, 'light');
		const file = await readOid(path, 'main:README.md');
		await git(path, 'update-ref', 'refs/tags/file', file);
		await acme.run();
		await forcePush(path);
		await tagAnnotated(path, 'v1');
		await tag(path, 'light');
		await deleteRef(path, 'refs/tags/file');
		await acme.run();

		expect((await read()).runs[0]?.changes).toMatchObject([
			{ref: 'refs/heads/main', kind: 'rewritten', kept: true, onlyHere: 1},
			{ref: 'refs/tags/file', kind: 'deleted', kept: true, onlyHere: 0},
			{ref: 'refs/tags/light', kind: 'moved', kept: true, onlyHere: 1},
			{ref: 'refs/tags/v1', kind: 'moved', kept: true, onlyHere: 1},
		]);
	});

	it('lists a change of the default branch', async () => {
		const {path} = await acme.add('api');
		await commitFile(path, {branch: 'trunk'});
		await acme.run();
		await git(path, 'symbolic-ref', 'HEAD', 'refs/heads/trunk');
		await acme.run();

		expect((await read()).runs[0]).toMatchObject({
			head: {from: 'refs/heads/main', to: 'refs/heads/trunk'},
			changes: [],
		});
	});

	it('lists a rewrite that a killed run had begun', async () => {
		const {path} = await acme.add('api');
		await commitFile(path, {branch: 'other'});
		await acme.run();
		const old = await readOid(path, 'main');
		await forcePush(path);
		// At whatever call it dies, the run after the next one has to tell the same.
		for (let calls = 4; calls < 24; calls += 5) {
			await acme
				.run({wrapWorld: (world) => dyingWorld(world, calls, (below) => below - 1)})
				.catch((error: unknown) => expect(error).toBeInstanceOf(Death));
		}

		await commitFile(path, {branch: 'other'});
		await acme.run();

		const moves = (await read()).runs.flatMap(({changes}) => changes);
		expect(moves.filter(({from}) => from === old)).toMatchObject([{kind: 'rewritten', kept: true}]);
	});

	it('continues under the new name after a rename', async () => {
		const [repository] = await acme.addSaved('old-name');
		acme.sandbox.renameRepository(repository, 'new-name');
		await commitFile(repository.path);
		await acme.run();

		for (const name of ['old-name', 'new-name']) {
			expect(await read(name)).toMatchObject({repository: 'acme/new-name', runs: [{}, {}]});
		}
	});
});
