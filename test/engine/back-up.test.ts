import {existsSync, readFileSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {exitCodes} from '../../source/domain/exit-code.ts';
import {type Sandbox, startSandbox} from '../../source/sandbox/start-sandbox.ts';
import {addAccess, makeSource, runBackup} from '../helpers/backup.ts';
import {createFakeClock} from '../helpers/fake-clock.ts';
import {makeTemporaryFolder} from '../helpers/temporary-folder.ts';
import {
	commitFile,
	deleteRef,
	forcePush,
	git,
	readOid,
	readRefs,
	tag,
	tagAnnotated,
} from '../helpers/upstream.ts';

let sandbox: Sandbox;
let folder: string;

const mirrorOf = (slug: string, name = 'repo'): string =>
	join(folder, 'acme', `acme#${slug}`, name);

beforeEach(async () => {
	sandbox = await startSandbox();
	addAccess(sandbox);
	sandbox.addWorkspace({slug: 'acme'});
	folder = makeTemporaryFolder();
});

afterEach(() => sandbox.close());

const addRepository = async (slug: string) => {
	const repository = await sandbox.addRepository({workspace: 'acme', slug, isPrivate: true});
	await commitFile(repository.path, {content: 'main\n'});
	return repository;
};

describe('a first run and a second', () => {
	it('saves every repository as it is upstream, so that a plain clone checks out', async () => {
		const repository = await addRepository('api');
		await commitFile(repository.path, {branch: 'develop', file: 'more.txt'});
		await tagAnnotated(repository.path, 'v1');

		const {exitCode, outcomes} = await runBackup(folder, [makeSource(sandbox)]);

		expect(outcomes.get('acme/api')).toMatchObject({result: 'saved', how: 'new', refs: 3});
		expect(exitCode).toBe(exitCodes.done);
		expect(await readRefs(mirrorOf('api'))).toEqual(await readRefs(repository.path));
		const clone = makeTemporaryFolder();
		await git(clone, 'clone', '--quiet', mirrorOf('api'), 'api');
		expect(readFileSync(join(clone, 'api', 'README.md'), 'utf8')).toBe('main\n');
	});

	it('transfers nothing and starts no git where nothing changed', async () => {
		await addRepository('api');
		const clock = createFakeClock();
		await runBackup(folder, [makeSource(sandbox)], {clock});
		const record = readFileSync(join(folder, 'acme', 'acme#api', 'cistern.json'), 'utf8');
		sandbox.clearRequests();

		const {outcomes, exitCode} = await runBackup(folder, [makeSource(sandbox)], {
			clock,
			run: {concurrency: 1},
		});

		expect(outcomes.get('acme/api')).toEqual({result: 'unchanged', usesLfs: false});
		expect(exitCode).toBe(exitCodes.done);
		expect(sandbox.requestsTo('git').map(({query}) => query)).toHaveLength(1);
		expect(readFileSync(join(folder, 'acme', 'acme#api', 'cistern.json'), 'utf8')).toBe(record);
	});
});

describe('what upstream rewrites or deletes', () => {
	it('is found by its hash after all reflogs are expired and git gc --prune=now', async () => {
		const repository = await addRepository('api');
		const {path} = repository;
		await commitFile(path, {branch: 'feature', file: 'feature.txt'});
		await tagAnnotated(path, 'v1');
		await tag(path, 'light', 'feature');
		const clock = createFakeClock();
		await runBackup(folder, [makeSource(sandbox)], {clock});
		const old = await readRefs(path);

		await forcePush(path);
		await deleteRef(path, 'refs/heads/feature');
		await commitFile(path, {branch: 'feature/x'});
		await tagAnnotated(path, 'v1');
		await deleteRef(path, 'refs/tags/light');
		const {outcomes} = await runBackup(folder, [makeSource(sandbox)], {clock});

		const mirror = mirrorOf('api');
		expect(await readRefs(mirror)).toEqual(await readRefs(path));
		expect(outcomes.get('acme/api')).toMatchObject({
			result: 'saved',
			changes: {created: 1, rewritten: 1, moved: 1, deleted: 2, forwarded: 0},
		});
		await git(mirror, 'reflog', 'expire', '--expire=now', '--all');
		await git(mirror, 'gc', '--quiet', '--prune=now');
		for (const oid of old.values()) {
			expect(await readOid(mirror, oid)).toBe(oid);
			expect(await git(mirror, 'cat-file', '-t', oid)).toMatch(/commit|tag/);
		}
	});
});

describe('a mirror that went missing', () => {
	it('is cloned again, though the record says that nothing changed', async () => {
		const repository = await addRepository('api');
		const clock = createFakeClock();
		await runBackup(folder, [makeSource(sandbox)], {clock});
		rmSync(mirrorOf('api'), {recursive: true});

		const {exitCode} = await runBackup(folder, [makeSource(sandbox)], {clock});

		expect(exitCode).toBe(exitCodes.done);
		expect(await readRefs(mirrorOf('api'))).toEqual(await readRefs(repository.path));
		expect(existsSync(join(folder, 'acme', '.cistern', 'work'))).toBe(false);
	});
});
