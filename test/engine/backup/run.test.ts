import {existsSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {exitCodes} from '../../../source/domain/failure/exit-code.ts';
import {filterRun} from '../../../source/engine/backup/run-filter.ts';
import {makeTemporaryFolder} from '../../helpers/temporary-folder.ts';
import {commitFile, git, readRefs, tagAnnotated} from '../../helpers/upstream.ts';
import {setUpWorkspace} from '../../helpers/workspace.ts';

const acme = setUpWorkspace();

/** Bytes of all mirrors, as recorded. */
const recordedSize = (): number =>
	readdirSync(acme.path())
		.filter((name) => name.includes('#'))
		.map((name) => JSON.parse(readFileSync(acme.path(name, 'cistern.json'), 'utf8')))
		.reduce((sum, {parts: {repo, wiki}}) => sum + repo.size + (wiki?.size ?? 0), 0);

describe('a first run', () => {
	it('saves a repository as it is upstream, so that a plain clone checks out', async () => {
		const {path} = await acme.add('api');
		await commitFile(path, {branch: 'develop', file: 'more.txt'});
		await tagAnnotated(path, 'v1');

		const {exitCode, outcomes} = await acme.run();

		expect(outcomes.get('acme/api')).toMatchObject({result: 'saved', how: 'new', refs: 3});
		expect(exitCode).toBe(exitCodes.done);
		expect(await readRefs(acme.mirror('api'))).toEqual(await readRefs(path));
		const clone = makeTemporaryFolder();
		await git(clone, 'clone', '--quiet', acme.mirror('api'), 'api');
		expect(readFileSync(join(clone, 'api', 'README.md'), 'utf8')).toBe('api\n');
	});

	it('saves public, private and empty ones, a wiki, and a claim of a wiki that is not there', async () => {
		const [open, , wiki] = await Promise.all([
			acme.add('open', {isPrivate: false}),
			acme.add('closed'),
			acme.add('with-wiki', {withWiki: true}),
			acme.add('claims-wiki', {hasWiki: true}),
			acme.sandbox.addRepository({workspace: 'acme', slug: 'empty'}),
		]);
		await commitFile(wiki.wikiPath ?? '', {branch: 'master', file: 'Home.md'});

		const {exitCode, reports} = await acme.run();

		expect(exitCode).toBe(exitCodes.done);
		expect(reports[0]).toMatchObject({inScope: 5, new: 5, failed: 0, size: recordedSize()});
		expect(await readRefs(acme.mirror('open'))).toEqual(await readRefs(open.path));
		expect(await readRefs(acme.path('acme#with-wiki', 'wiki'))).toEqual(
			await readRefs(wiki.wikiPath ?? ''),
		);
		expect(existsSync(acme.path('acme#claims-wiki', 'wiki'))).toBe(false);
		expect(existsSync(acme.mirror('empty'))).toBe(true);
	});

	it.each(['zero-refs', 'fork-exec-error', 'not-found'] as const)(
		'takes an empty repository as empty where git answers %s',
		async (whenEmpty) => {
			acme.sandbox.addRepository({workspace: 'acme', slug: 'empty', whenEmpty});

			const first = await acme.run();
			const second = await acme.run();

			expect([first.exitCode, second.exitCode]).toEqual([exitCodes.done, exitCodes.done]);
			expect(second.reports[0]).toMatchObject({unchanged: 1});
		},
	);

	it('checks out the default branch, whatever its name', async () => {
		const {path} = await acme.sandbox.addRepository({
			workspace: 'acme',
			slug: 'old',
			mainBranch: 'trunk/main',
		});
		await commitFile(path, {branch: 'trunk/main'});

		await acme.run();

		const head = readFileSync(join(acme.mirror('old'), 'HEAD'), 'utf8');
		expect(head).toBe('ref: refs/heads/trunk/main\n');
	});

	it('asks the API one request a hundred repositories', async () => {
		const first = await acme.add('r-000');
		for (let index = 1; index < 230; index += 1) {
			acme.sandbox.addRepository({
				workspace: 'acme',
				slug: `r-${String(index).padStart(3, '0')}`,
				path: first.path,
			});
		}

		const {exitCode} = await acme.run({
			run: {filter: filterRun(['r-000', 'r-001', 'r-002'], [])},
		});

		expect(exitCode).toBe(exitCodes.done);
		expect(acme.sandbox.requestsTo('api')).toHaveLength(3);
	});
});

describe('a second run', () => {
	it('costs one light request a repository and writes nothing if nothing changed', async () => {
		await acme.addSaved('api');
		const record = readFileSync(acme.path('acme#api', 'cistern.json'), 'utf8');
		acme.sandbox.clearRequests();

		const {outcomes, exitCode, reports} = await acme.run();

		expect(exitCode).toBe(exitCodes.done);
		expect(reports[0]?.size).toBe(recordedSize());
		expect(outcomes.get('acme/api')).toMatchObject({result: 'unchanged', gaps: []});
		expect(acme.sandbox.requestsTo('git')).toHaveLength(1);
		expect(readFileSync(acme.path('acme#api', 'cistern.json'), 'utf8')).toBe(record);
	});

	it('does not ask again for 30 days for a wiki that was not there', async () => {
		await acme.add('claims-wiki', {hasWiki: true});
		await acme.run();
		const asked = async (): Promise<number> => {
			acme.sandbox.clearRequests();
			await acme.run();
			return acme.sandbox.requestsTo('git').filter(({path}) => path.includes('/wiki')).length;
		};

		expect(await asked()).toBe(0);
		acme.clock.advance(31 * 24 * 60 * 60_000);
		expect(await asked()).toBe(1);
		expect(await asked()).toBe(0);
	});

	it('keeps an old wiki when upstream has none any more', async () => {
		const {wikiPath = ''} = await acme.add('docs', {withWiki: true});
		await commitFile(wikiPath, {branch: 'master', file: 'Home.md'});
		await acme.run();
		const saved = await readRefs(acme.path('acme#docs', 'wiki'));
		acme.sandbox.addFault({
			match: {path: /\/wiki\//},
			answer: {kind: 'answer', status: 410, body: 'gone'},
		});

		const {exitCode} = await acme.run();

		expect(exitCode).toBe(exitCodes.done);
		expect(saved.size).toBe(1);
		expect(await readRefs(acme.path('acme#docs', 'wiki'))).toEqual(saved);
	});

	it('clones a mirror again that went missing, and says that its history is lost', async () => {
		const [{path}] = await acme.addSaved('api');
		rmSync(acme.mirror('api'), {recursive: true});

		const {exitCode, outcomes} = await acme.run();

		expect(exitCode).toBe(exitCodes.incomplete);
		expect(outcomes.get('acme/api')).toMatchObject({mended: [{history: 'lost'}]});
		expect(await readRefs(acme.mirror('api'))).toEqual(await readRefs(path));
		expect(existsSync(acme.path('.cistern', 'work'))).toBe(false);
	});

	it('brings back a branch that was deleted in the mirror', async () => {
		const {path} = await acme.add('api');
		await commitFile(path, {branch: 'develop'});
		await acme.run();
		await git(acme.mirror('api'), 'update-ref', '-d', 'refs/heads/develop');

		await acme.run();

		expect(await readRefs(acme.mirror('api'))).toEqual(await readRefs(path));
	});
});

describe('a run that is told which repositories to save', () => {
	it('says so and ends with 3 if a name fits none, and saves the others', async () => {
		await acme.add('api');
		await acme.add('web');
		await acme.add('old');

		const {exitCode, events, outcomes} = await acme.run({
			source: {ignoreRepos: ['old']},
			run: {filter: filterRun(['webb', 'a*', 'old', 'x*'], [])},
		});

		expect(exitCode).toBe(exitCodes.incomplete);
		expect([...outcomes.keys()]).toEqual(['acme/api']);
		expect(events.flatMap((event) => (event.type === 'noticed' ? [event.text] : []))).toEqual([
			'--only "webb" fits no repository in scope. Did you mean "web"?',
			'--only "old" fits no repository in scope.',
			'--only "x*" fits no repository in scope.',
		]);
	});
});
