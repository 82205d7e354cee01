import {readdirSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {type CountedGit, countedGit} from '../helpers/counted-git.ts';
import {pointerTo} from '../helpers/lfs-files.ts';
import {addReader, pullRequestPath, readSaved} from '../helpers/metadata.ts';
import {makeHome} from '../helpers/program.ts';
import {runHere} from '../helpers/program-here.ts';
import {commitFile, forcePush, git} from '../helpers/upstream.ts';
import {setUpWorkspace} from '../helpers/workspace.ts';

const acme = setUpWorkspace();

/** The command of each git. The question for the version, asked once a run, stands first. */
const wordsOf = (counted: CountedGit): readonly string[] =>
	counted
		.started()
		.map((line) => line.split(' ')[0] ?? '')
		.toSorted((left, right) => order.indexOf(left) - order.indexOf(right));

const order = ['version', 'for-each-ref', 'index-pack', 'rev-list', 'cat-file'];

/** Each file and folder below a folder, with the time of its last change. */
const stampsOf = (folder: string): readonly string[] =>
	readdirSync(folder, {recursive: true, encoding: 'utf8'})
		.toSorted()
		.map((name) => `${name} ${statSync(join(folder, name)).mtimeMs}`);

describe('the git processes of a run', () => {
	it('are none for what did not change, 1 for a first copy and 3 for a fast-forward, the search for LFS files included', async () => {
		const {path} = await acme.add('api');
		await acme.add('web');
		const home = makeHome(acme.sandbox);
		const first = countedGit();
		await runHere(home, ['--yes'], first.environment);
		expect(wordsOf(first)).toEqual(['version', 'index-pack', 'index-pack']);

		const idle = countedGit();
		expect((await runHere(home, ['--yes'], idle.environment)).stderr).toContain('2 unchanged');
		expect(idle.started()).toEqual([]);

		await commitFile(path);
		const forward = countedGit();
		expect((await runHere(home, ['--yes'], forward.environment)).exitCode).toBe(0);
		expect(wordsOf(forward)).toEqual(['version', 'for-each-ref', 'index-pack', 'rev-list']);
	});

	it('are 3 for new LFS files, and 4 where a branch was rewritten besides', async () => {
		const [api] = await acme.addSaved('api');
		const addLarge = async (content: string): Promise<void> => {
			acme.sandbox.putLfs(api, content);
			await commitFile(api.path, {file: 'large.bin', content: pointerTo(content)});
		};
		const home = makeHome(acme.sandbox, {}, acme.folder);
		const count = async (): Promise<readonly string[]> => {
			const counted = countedGit();
			const {exitCode, stderr} = await runHere(home, ['--yes'], counted.environment);
			expect([exitCode, stderr]).toEqual([0, expect.stringContaining('1 LFS file')]);
			return wordsOf(counted);
		};

		await addLarge('first');
		expect(await count()).toEqual(['version', 'for-each-ref', 'index-pack', 'rev-list']);
		await forcePush(api.path);
		await addLarge('second');
		expect(await count()).toEqual([
			'version',
			'for-each-ref',
			'index-pack',
			'rev-list',
			'rev-list',
		]);
	});

	it('are none for pull requests that did not change, and no file of a repository is written; none writes what changed', async () => {
		const [api] = await acme.addSaved('api');
		const {account: by, source} = addReader(acme.sandbox);
		const {credential} = source;
		const {pullRequests} = acme.sandbox.metadata;
		const pull = pullRequests.open(api, {by});
		// The program has a clock of its own, by which some of it is read again after a week.
		acme.clock.advance(Date.now() - acme.clock.now());
		await acme.run({source});
		const token = credential?.kind === 'api-token' ? credential.token.reveal() : '';
		const home = makeHome(
			acme.sandbox,
			{authName: 'bo', apiAuthName: 'bo@example.com', password: `'${token}'`, metadata: 'true'},
			acme.folder,
		);
		const before = stampsOf(acme.path('acme#api'));
		const counted = countedGit();
		expect((await runHere(home, ['--yes'], counted.environment)).exitCode).toBe(0);
		expect(counted.started()).toEqual([]);
		expect(stampsOf(acme.path('acme#api'))).toEqual(before);

		pullRequests.comment(pull, {by, text: 'a new comment'});
		const changed = countedGit();
		expect((await runHere(home, ['--yes'], changed.environment)).exitCode).toBe(0);
		// The one asks whether the mirror has the commits.
		expect(wordsOf(changed)).toEqual(['version', 'cat-file']);
		const metadata = acme.path('acme#api', 'metadata');
		const saved = readSaved(metadata, pullRequestPath(1, 'comments'));
		expect(JSON.stringify(saved)).toContain('a new comment');
		expect(await git(metadata, 'fsck', '--strict')).toBe('');
	});

	it('are five for a history, however long it is', async () => {
		const [{path}] = await acme.addSaved('api');
		for (let run = 0; run < 2; run += 1) {
			await commitFile(path);
			await acme.run();
		}

		const home = makeHome(acme.sandbox, {}, acme.folder);
		const counted = countedGit();
		expect((await runHere(home, ['history', 'api'], counted.environment)).exitCode).toBe(0);
		expect(counted.started().length).toBeLessThanOrEqual(5);
	});
});
